"""Index epochs: which is looked up, which is being filled, and the change from one to the next.

Whoever finds or makes supporters by their `email_key` holds the epochs shared until the transaction ends;
whoever changes an epoch or joins supporters freezes them, and so waits for the others and keeps them out.
"""

from datetime import datetime

from django.db import connection, transaction

from undersign.foundation.audit import audit_record
from undersign.foundation.keyed_hash import IndexKey
from undersign.supporters.errors import EpochStateError
from undersign.supporters.models import IndexEpoch, Supporter

# Any constant: the same for every process.
EPOCH_LOCK = 0x756E_6402


def epochs_hold() -> None:
    """Keep the epochs as they are until the transaction ends."""
    _lock("SELECT pg_advisory_xact_lock_shared(%s)")


def epochs_freeze() -> None:
    """Wait until nobody holds the epochs, and let nobody do so until the transaction ends."""
    _lock("SELECT pg_advisory_xact_lock(%s)")


@transaction.atomic
def epoch_begin(*, index_key: IndexKey, at: datetime) -> IndexEpoch:
    """Begin to fill an epoch: every supporter written from now on has its key too.

    Every process must have the key by then. Raises EpochStateError while another one is being filled.
    """
    epochs_freeze()
    if epoch_filling() is not None:
        raise EpochStateError("an index epoch is being filled already")
    epoch = IndexEpoch.objects.create(
        number=index_key.epoch,
        alias_rules_version=index_key.alias_rules,
        state=IndexEpoch.State.FILLING,
        began_at=at,
    )
    _record(epoch, "index_epoch.begun", at)
    return epoch


def epoch_filling() -> IndexEpoch | None:
    """Find the epoch that is being filled, if there is one."""
    return IndexEpoch.objects.filter(state=IndexEpoch.State.FILLING).first()


@transaction.atomic
def epoch_swap(*, at: datetime) -> IndexEpoch:
    """Look everybody up under the next epoch from now on; the epochs must be frozen.

    Raises EpochStateError, and changes nothing, where none is being filled or somebody has no key in it.
    """
    epoch = epoch_filling()
    if epoch is None:
        raise EpochStateError("no index epoch is being filled")
    if Supporter.objects.filter(email_key_next__isnull=True).exists():
        raise EpochStateError(f"{epoch} is not complete")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE supporters_supporter SET email_key = email_key_next, email_key_next = NULL")
    IndexEpoch.objects.filter(state=IndexEpoch.State.LIVE).update(state=IndexEpoch.State.RETIRED)
    epoch.state = IndexEpoch.State.LIVE
    epoch.save(update_fields=["state"])
    _record(epoch, "index_epoch.swapped", at)
    return epoch


def _lock(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [EPOCH_LOCK])


def _record(epoch: IndexEpoch, action: str, at: datetime) -> None:
    audit_record(
        by=None,
        at=at,
        organisation_id=None,
        action=action,
        subject=f"index_epoch:{epoch.number}",
        detail={"alias_rules": epoch.alias_rules_version},
    )
