"""Forgetting a person, everywhere and for good."""

from datetime import datetime
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction

from undersign.foundation.audit import audit_record
from undersign.supporters.erasure_list import Erasure, erasure_append
from undersign.supporters.models import IndexEpoch, Supporter, Suppression
from undersign.supporters.ports import data_holders
from undersign.supporters.services.epochs import epochs_hold


@transaction.atomic
def supporter_erase(*, supporter: Supporter, by: User | None, at: datetime, erasures_file: Path) -> None:
    """Erase a supporter with their consents and signatures (GDPR Art. 17); the count follows.

    What stays is a keyed hash: in the database, so that no campaign mail reaches them again, and in the list
    outside it, so that no restored backup brings them back. Their file is written before the transaction
    ends: when that fails afterwards, the list names somebody who asked for it and can ask again.
    """
    epochs_hold()
    supporter.refresh_from_db(fields=["email_key"])
    live = IndexEpoch.objects.get(state=IndexEpoch.State.LIVE)
    erasure = Erasure(at, supporter.organisation_id, live.number, bytes(supporter.email_key))
    supporter_forget(supporter=supporter, at=at)
    Suppression.objects.get_or_create(
        organisation_id=erasure.organisation_id,
        email_key=erasure.email_key,
        defaults={"epoch": live, "reason": Suppression.Reason.ERASED, "at": at},
    )
    audit_record(
        by=by,
        at=at,
        organisation_id=erasure.organisation_id,
        action="supporter.erased",
        subject="supporter",
        detail={},
    )
    erasure_append(erasures_file, erasure)


@transaction.atomic
def supporter_forget(*, supporter: Supporter, at: datetime) -> None:
    """Delete a supporter and what every package keeps about them."""
    locked = Supporter.objects.select_for_update().get(pk=supporter.pk)
    for holder in data_holders():
        holder.supporter_forget(locked, at)
    locked.delete()
