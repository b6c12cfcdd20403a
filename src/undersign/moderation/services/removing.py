"""Removing and putting back, in the worker: some hundreds a transaction, so that nobody waits for us.

A worker that is killed has lost nothing: what is removed is no longer found, so whoever goes on begins with
what is left. Two workers on one removal take turns at its rows and each counts only what it moved.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from undersign.foundation.changes import change_record, petition_topic
from undersign.foundation.ids import EPOCH
from undersign.foundation.keys import KeyUnknown
from undersign.foundation.sealing import SealBroken, Sealer
from undersign.moderation.errors import PetitionReadOnly, SearchNotReady
from undersign.moderation.findings import finding_open
from undersign.moderation.models import NameSearch, Removal, RemovedSignature
from undersign.moderation.selection import Criteria, selection_of
from undersign.moderation.services.removals import removal_record
from undersign.moderation.services.searching import Bureau
from undersign.moderation.services.writable import writable_require
from undersign.signing.identity import SigningKeys
from undersign.signing.queries.selections import selection_ids
from undersign.signing.services.mass_withdrawals import (
    Withdrawal,
    signatures_restore,
    signatures_withdraw_by_moderator,
)

AT_ONCE = 500
Status = Removal.Status


def removal_do(*, removal_id: UUID, bureau: Bureau) -> None:
    """Go on with a removal or its undoing; what stands in the way is told in its row."""
    removal = Removal.objects.select_related("petition", "requested_by", "undone_by").get(pk=removal_id)
    try:
        if removal.status in {Status.REQUESTED, Status.WORKING}:
            _remove(removal, bureau)
        elif removal.status == Status.UNDOING:
            _put_back(removal, bureau)
    except (PetitionReadOnly, SearchNotReady, KeyUnknown, SealBroken) as problem:
        _settle(removal, bureau.clock(), status=Status.FAILED, error=str(problem)[:300])


def _remove(removal: Removal, bureau: Bureau) -> None:
    Removal.objects.filter(pk=removal.pk).update(status=Status.WORKING)
    for ids in _batches(removal, bureau):
        _take_off(removal, ids, bureau.clock())
    at = bureau.clock()
    _settle(removal, at, status=Status.DONE, done_at=at)
    removal_record(removal=removal, action="removal.done", by=removal.requested_by, at=at)


def _batches(removal: Removal, bureau: Bureau) -> Iterator[Sequence[UUID]]:
    """Give the ids in question, oldest first."""
    if removal.search_id is not None:
        ids = _finds(removal.search, bureau)
        yield from (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
        return
    selection = selection_of(
        Criteria.from_json(removal.criteria),
        petition=removal.petition,
        since=EPOCH,
        until=removal.at,
        keys=SigningKeys.of_newest_epoch(bureau.ring),
    )
    found = selection_ids(selection, after=UUID(int=0), limit=AT_ONCE)
    while found:
        yield found
        found = selection_ids(selection, after=found[-1], limit=AT_ONCE)


def _finds(search: NameSearch | None, bureau: Bureau) -> Sequence[UUID]:
    if search is None or search.sealed is None:
        raise SearchNotReady
    return finding_open(search.sealed, search_id=search.pk, sealer=Sealer(bureau.ring)).ids


@transaction.atomic
def _take_off(removal: Removal, ids: Sequence[UUID], at: datetime) -> None:
    removal.petition.refresh_from_db(fields=["read_only_at"])
    writable_require(removal.petition)
    taken = signatures_withdraw_by_moderator(
        ids=ids,
        petition_id=removal.petition_id,
        by=removal.requested_by,
        reason=f"{removal.reason} {removal.words}".strip()[:200],
        at=at,
    )
    RemovedSignature.objects.bulk_create(
        RemovedSignature(removal=removal, signature_id=each.signature_id, event_id=each.event_id)
        for each in taken
    )
    Removal.objects.filter(pk=removal.pk).update(removed=F("removed") + len(taken), progressed_at=at)


def _put_back(removal: Removal, bureau: Bureau) -> None:
    last = UUID(int=0)
    while batch := list(removal.items.filter(signature_id__gt=last).order_by("signature_id")[:AT_ONCE]):
        _restore(removal, batch, bureau.clock())
        last = batch[-1].signature_id
    at = bureau.clock()
    _settle(removal, at, status=Status.UNDONE, undone_at=at)
    removal_record(removal=removal, action="removal.undone", by=removal.undone_by, at=at)


@transaction.atomic
def _restore(removal: Removal, batch: Sequence[RemovedSignature], at: datetime) -> None:
    removal.petition.refresh_from_db(fields=["read_only_at"])
    writable_require(removal.petition)
    restored = signatures_restore(
        withdrawals=[Withdrawal(item.signature_id, item.event_id) for item in batch],
        petition_id=removal.petition_id,
        by=removal.undone_by,
        reason="removal undone",
        at=at,
    )
    Removal.objects.filter(pk=removal.pk).update(restored=F("restored") + len(restored), progressed_at=at)


@transaction.atomic
def _settle(removal: Removal, at: datetime, **fields: object) -> None:
    """Come to an end, and have the public pages say so."""
    Removal.objects.filter(pk=removal.pk).update(progressed_at=at, **fields)
    removal.refresh_from_db()
    change_record(topic=petition_topic(removal.petition_id), at=at)
