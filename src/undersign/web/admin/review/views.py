"""“Review signatures”: choose, look, then search names or remove. See docs/mechanisms/moderation.md."""

from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from undersign.moderation.selection import Criteria
from undersign.signing.queries.selections import (
    RowsPage,
    Selection,
    TooLong,
    patience,
    rows_newer_than,
    rows_older_than,
)
from undersign.web.admin.review.forms import CriteriaForm, NameSearchForm
from undersign.web.admin.review.frame import FOLDER, petition_to_review, review_frame
from undersign.web.admin.review.looking import PATIENCE, look_at, selection_for, with_query
from undersign.web.admin.review.rows import row_views

NO_ROWS = RowsPage((), has_newer=False, has_older=False)


@never_cache
@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the signatures that were chosen, or all."""
    petition = petition_to_review(request, pk)
    at = timezone.now()
    form = CriteriaForm(request.GET)
    criteria = form.criteria if form.is_valid() else Criteria()
    address = reverse("undersign_review:review", args=[pk])
    selection = selection_for(criteria, petition=petition, at=at)
    page = _rows_page(request, selection)
    context = review_frame(request, petition) | {
        "form": form,
        "criteria": criteria,
        "view": look_at(selection, criteria, address=address, at=at),
        "rows": row_views(page.rows),
        "page": page,
        "is_narrowed": criteria.is_chosen,
        "whole_url": address,
        "newer_url": with_query(address, criteria, newer=str(page.rows[0].id)) if page.rows else "",
        "older_url": with_query(address, criteria, older=str(page.rows[-1].id)) if page.rows else "",
        "remove_url": with_query(reverse("undersign_review:remove", args=[pk]), criteria),
        "search_url": with_query(reverse("undersign_review:search", args=[pk]), criteria),
        "search_form": NameSearchForm(),
        "held_url": reverse("undersign_review:held", args=[pk]),
        "removals_url": reverse("undersign_review:removals", args=[pk]),
    }
    return render(request, f"{FOLDER}/review.html", context)


def _rows_page(request: HttpRequest, selection: Selection) -> RowsPage:
    try:
        with patience(PATIENCE):
            newer, older = request.GET.get("newer"), request.GET.get("older")
            if newer:
                return rows_newer_than(selection, after=_id(newer))
            return rows_older_than(selection, before=_id(older) if older else None)
    except TooLong:
        return NO_ROWS


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise BadRequest(_("There is no such page.")) from error
