"""Forgetting a person, everywhere and for good."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction

from undersign.foundation.audit import audit_record
from undersign.foundation.keys import KeyUnknown
from undersign.supporters.erasure_list import Erasure, erasure_append
from undersign.supporters.mailbox import KnownMailbox
from undersign.supporters.mailbox_queries import supporters_at
from undersign.supporters.models import IndexEpoch, Supporter, Suppression
from undersign.supporters.ports import data_holders, mailbox_holders
from undersign.supporters.services.epochs import epochs_freeze

# Not until now: the clock of the node that took a form may be ahead of ours.
EVER = datetime.max.replace(tzinfo=UTC)


def mailbox_erase(*, mailbox: KnownMailbox, by: User | None, at: datetime, erasures_file: Path) -> None:
    """Erase what one organisation keeps of a mailbox, signatures and consents too (GDPR Art. 17).

    What stays is a keyed hash: in the database, so that no campaign mail reaches them again, and in the list
    outside it, so that no restored backup brings them back. Forms not confirmed go first, so that none can be
    when the rest goes. Interrupted, it can be done again. Raises KeyUnknown without the live epoch's key.
    """
    until = dict.fromkeys(mailbox.keys.values(), EVER)
    mailboxes_forget(organisation_id=mailbox.organisation_id, until=until)
    _person_erase(mailbox, by, at, erasures_file)


@transaction.atomic
def mailboxes_forget(*, organisation_id: int, until: Mapping[bytes, datetime]) -> None:
    """Delete forms and mails that an organisation has under each `email_key` from its instant or before."""
    for holder in mailbox_holders():
        holder.mailboxes_forget(organisation_id, until)


@transaction.atomic
def supporter_forget(*, supporter: Supporter, at: datetime) -> None:
    """Delete a supporter and what every package keeps about them."""
    locked = Supporter.objects.select_for_update().get(pk=supporter.pk)
    for holder in data_holders():
        holder.supporter_forget(locked, at)
    locked.delete()


@transaction.atomic
def _person_erase(mailbox: KnownMailbox, by: User | None, at: datetime, erasures_file: Path) -> None:
    """Delete the supporter and keep the hash.

    Frozen epochs let no batch of confirmations be under way: one that read the form before it was deleted has
    ended, and its supporter is found. The file is written before the transaction ends: when that fails
    afterwards, the list names somebody who asked for it and can ask again.
    """
    epochs_freeze()
    live = IndexEpoch.objects.get(state=IndexEpoch.State.LIVE)
    if live.number not in mailbox.keys:
        raise KeyUnknown(live.number)
    erasure = Erasure(at, mailbox.organisation_id, live.number, mailbox.keys[live.number])
    for supporter in supporters_at(mailbox):
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
