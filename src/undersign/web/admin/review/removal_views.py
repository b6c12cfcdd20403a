"""Removing signatures: a preview with a reason, then watching it, then perhaps undoing it."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from undersign.campaigns.models import Petition
from undersign.foundation.keys import load_keys
from undersign.foundation.sealing import Sealer
from undersign.moderation.models import NameSearch, Removal
from undersign.moderation.selection import Criteria
from undersign.moderation.services.removals import (
    UNDONE_WITHIN,
    RemovalOrder,
    removal_request,
    removal_undo_request,
)
from undersign.moderation.services.searches import name_search_open
from undersign.signing.queries.selections import Selection, rows_older_than
from undersign.supporters.errors import Refused
from undersign.web.admin.review.forms import CriteriaForm, RemovalForm
from undersign.web.admin.review.frame import FOLDER, person_of, petition_to_review, review_frame
from undersign.web.admin.review.looking import look_at, selection_for, with_query
from undersign.web.admin.review.rows import row_views

SAMPLE = 10


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a removal of the chosen signatures would take, and begin it."""
    petition, at = petition_to_review(request, pk), timezone.now()
    chosen = CriteriaForm(request.GET)
    if not chosen.is_valid() or not chosen.criteria.is_chosen:
        messages.error(request, _("Choose first what to remove."))
        return redirect("undersign_review:review", pk=pk)
    # What is signed after somebody has looked at the preview is not in it.
    until = chosen.criteria.until or at.isoformat()
    criteria = replace(chosen.criteria, until=until, state="confirmed")
    selection = selection_for(criteria, petition=petition, at=at)
    return _preview(request, petition, criteria, selection, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove_found(request: HttpRequest, pk: int, search_id: UUID) -> HttpResponse:
    """Do the same for what a search among names has found."""
    petition, at = petition_to_review(request, pk), timezone.now()
    search = get_object_or_404(NameSearch.objects.select_related("petition"), pk=search_id, petition=petition)
    sealer = Sealer(load_keys(settings.KEYS_FILE))
    try:
        finding = name_search_open(search=search, by=person_of(request), sealer=sealer, at=at)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("undersign_review:found", pk=pk, search_id=search_id)
    selection = replace(selection_for(finding.criteria, petition=petition, at=at), ids=finding.ids)
    return _preview(request, petition, finding.criteria, selection, search)


def _preview(
    request: HttpRequest,
    petition: Petition,
    criteria: Criteria,
    selection: Selection,
    search: NameSearch | None,
) -> HttpResponse:
    at = timezone.now()
    review_url = reverse("undersign_review:review", args=[petition.pk])
    view = look_at(selection, criteria, address=review_url, at=at)
    form = RemovalForm(request.POST or None)
    if form.is_valid():
        order = RemovalOrder(criteria=criteria, search=search, expected=view.total or 0, **form.cleaned_data)
        answer = _begin(request, petition, order, at)
        if answer is not None:
            return answer
    context = review_frame(request, petition, _("Remove signatures"))
    context |= {
        "form": form,
        "view": view,
        "rows": row_views(rows_older_than(selection, before=None, limit=SAMPLE).rows),
        "becomes": max(context["glance"].count - (view.total or 0), 0),
        "back_url": with_query(review_url, criteria),
        # The time of the preview goes along, so that what is removed is what was shown.
        "action_url": "" if search else with_query(request.path, criteria),
    }
    return render(request, f"{FOLDER}/remove.html", context, status=422 if form.errors else 200)


def _begin(
    request: HttpRequest, petition: Petition, order: RemovalOrder, at: datetime
) -> HttpResponse | None:
    """Begin a removal and go to its page; None if a rule stands against it."""
    try:
        removal = removal_request(petition=petition, order=order, by=person_of(request), at=at)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return None
    return redirect("undersign_review:removal", pk=petition.pk, removal_id=removal.pk)


@never_cache
@require_safe
def removal_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was removed, newest first."""
    petition = petition_to_review(request, pk)
    removals = petition.removals.select_related("requested_by", "undone_by").order_by("-at")[:100]
    context = review_frame(request, petition, _("Removals")) | {"removals": removals}
    return render(request, f"{FOLDER}/removals.html", context)


@never_cache
@require_safe
def removal_watch(request: HttpRequest, pk: int, removal_id: UUID) -> HttpResponse:
    """Show one removal; while it goes on the page looks again by itself."""
    petition = petition_to_review(request, pk)
    removal = _removal(petition, removal_id)
    is_done = removal.status in {Removal.Status.DONE, Removal.Status.FAILED} and removal.removed > 0
    context = review_frame(request, petition, _("Removal")) | {
        "removal": removal,
        "may_undo": is_done and timezone.now() < removal.at + UNDONE_WITHIN,
        "undone_until": removal.at + UNDONE_WITHIN,
    }
    return render(request, f"{FOLDER}/removal.html", context)


@require_POST
def removal_undo(request: HttpRequest, pk: int, removal_id: UUID) -> HttpResponse:
    """Begin to put back what a removal took."""
    removal = _removal(petition_to_review(request, pk), removal_id)
    try:
        removal_undo_request(removal=removal, by=person_of(request), at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("undersign_review:removal", pk=pk, removal_id=removal_id)


def _removal(petition: Petition, removal_id: UUID) -> Removal:
    removals = Removal.objects.select_related("petition__organisation", "requested_by", "undone_by")
    return get_object_or_404(removals, pk=removal_id, petition=petition)
