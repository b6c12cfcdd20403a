"""Asking for a removal of signatures, and for its undoing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from undersign.campaigns.models import Petition
from undersign.foundation.audit import audit_record
from undersign.moderation.errors import (
    NothingSelected,
    RemovalNotDone,
    RemovalTooOld,
    SearchNotReady,
)
from undersign.moderation.jobs import removal_defer
from undersign.moderation.models import NameSearch, Removal
from undersign.moderation.selection import Criteria
from undersign.moderation.services.writable import writable_require
from undersign.supporters.queries import Permission, permission_require

UNDONE_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalOrder:
    """What is to be removed and why: what `criteria` choose, or the finds of `search`.

    `reason` is one of Removal.Reason, which the public reads; `words` are for colleagues. `expected` is how
    many the preview counted.
    """

    criteria: Criteria
    search: NameSearch | None
    reason: str
    words: str
    expected: int


@transaction.atomic
def removal_request(*, petition: Petition, order: RemovalOrder, by: User | None, at: datetime) -> Removal:
    """Have the worker take signatures off that were made before `at`.

    Raises NotAllowed, NothingSelected, PetitionReadOnly, SearchNotReady.
    """
    permission_require(by=by, permission=Permission.MODERATE, organisation=petition.organisation)
    writable_require(petition)
    if order.search is None and not order.criteria.is_chosen:
        raise NothingSelected
    if order.search is not None and order.search.status != NameSearch.Status.READY:
        raise SearchNotReady
    removal = Removal.objects.create(
        petition=petition,
        requested_by=by,
        at=at,
        criteria=order.criteria.as_json,
        search=order.search,
        reason=Removal.Reason(order.reason),
        words=order.words,
        expected=order.expected,
        progressed_at=at,
    )
    removal_record(removal=removal, action="removal.requested", by=by, at=at)
    removal_defer(removal.pk)  # its row is in this transaction, so there is never one without the other
    return removal


@transaction.atomic
def removal_undo_request(*, removal: Removal, by: User | None, at: datetime) -> None:
    """Have the worker put back what this removal took off and nobody has touched since.

    Raises NotAllowed, PetitionReadOnly, RemovalNotDone, RemovalTooOld.
    """
    organisation = removal.petition.organisation
    permission_require(by=by, permission=Permission.MODERATE, organisation=organisation)
    writable_require(removal.petition)
    if removal.at + UNDONE_WITHIN <= at:
        raise RemovalTooOld
    done = Removal.objects.filter(pk=removal.pk, status__in=[Removal.Status.DONE, Removal.Status.FAILED])
    if not done.update(status=Removal.Status.UNDOING, undone_by=by, progressed_at=at, error=""):
        raise RemovalNotDone
    removal_record(removal=removal, action="removal.undo_requested", by=by, at=at)
    removal_defer(removal.pk)


def removal_record(*, removal: Removal, action: str, by: User | None, at: datetime) -> None:
    """Write down who did what to how many signatures; not to whose."""
    audit_record(
        by=by,
        at=at,
        organisation_id=removal.petition.organisation_id,
        action=action,
        subject=f"petition:{removal.petition_id}",
        detail={
            "removal": str(removal.pk),
            "reason": removal.reason,
            "words": removal.words,
            "by": [*Criteria.from_json(removal.criteria).kinds, *(["pattern"] if removal.search_id else [])],
            "expected": removal.expected,
            "removed": removal.removed,
            "restored": removal.restored,
        },
    )
