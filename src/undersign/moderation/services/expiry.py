"""Forgetting what moderators found, and going on with what a stopped worker left."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from undersign.moderation.jobs import name_search_defer, removal_defer
from undersign.moderation.models import NameSearch, Removal, RemovedSignature
from undersign.moderation.services.removals import UNDONE_WITHIN
from undersign.supporters.models import Supporter

SEARCH_KEPT_FOR = timedelta(hours=1)
# A worker that is alive tells of its progress several times a second.
SILENT_FOR = timedelta(minutes=2)
_PENDING = (Removal.Status.REQUESTED, Removal.Status.WORKING, Removal.Status.UNDOING)


def moderation_tidy(*, at: datetime) -> None:
    """Expire searches, forget what can no longer be undone, and have interrupted work gone on with."""
    _searches_expire(at)
    _removals_forget(at)
    _work_resume(at)


def _searches_expire(at: datetime) -> None:
    """Empty what is older than an hour, unless a removal still reads it."""
    old = NameSearch.objects.filter(at__lte=at - SEARCH_KEPT_FOR, sealed__isnull=False)
    old.exclude(removals__status__in=_PENDING).update(status=NameSearch.Status.EXPIRED, sealed=None)


def _removals_forget(at: datetime) -> None:
    """Drop the list of who was removed after thirty days, or when the signers are forgotten."""
    over = Q(at__lte=at - UNDONE_WITHIN) | Q(petition__signers_forgotten_at__isnull=False)
    gone = Removal.objects.filter(over).exclude(status__in=_PENDING)
    RemovedSignature.objects.filter(removal__in=gone).delete()
    gone.exclude(criteria={}).update(criteria={})


@transaction.atomic
def _work_resume(at: datetime) -> None:
    silent = {"progressed_at__lte": at - SILENT_FOR}
    for removal in Removal.objects.select_for_update().filter(status__in=_PENDING, **silent):
        Removal.objects.filter(pk=removal.pk).update(progressed_at=at)
        removal_defer(removal.pk)
    working = NameSearch.objects.select_for_update().filter(status=NameSearch.Status.WORKING, **silent)
    for search in working:
        NameSearch.objects.filter(pk=search.pk).update(
            status=NameSearch.Status.REQUESTED, opened=0, progressed_at=at
        )
        name_search_defer(search.pk)


class ModerationHolder:
    """Forgets what moderators noted of a supporter; appoint it before whoever deletes the signatures."""

    def supporter_forget(self, supporter: Supporter, at: datetime) -> None:
        """Delete it, and the results of searches, which may hold the name."""
        mine = supporter.signatures.values_list("pk", flat=True)
        RemovedSignature.objects.filter(signature_id__in=list(mine)).delete()
        searches = NameSearch.objects.filter(
            petition__organisation=supporter.organisation_id, sealed__isnull=False
        )
        searches.update(status=NameSearch.Status.EXPIRED, sealed=None)
