"""Searching among names: the worker opens the seals, and the audit list says who asked and why."""

from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from undersign.foundation.keys import KeysError, load_keys
from undersign.foundation.sealing import SealBroken, Sealer
from undersign.moderation.errors import SearchNotReady
from undersign.moderation.findings import Finding
from undersign.moderation.models import NameSearch
from undersign.moderation.services.searches import name_search_open, name_search_request
from undersign.signing.queries.selections import rows_older_than
from undersign.web.admin.review.forms import CriteriaForm, NameSearchForm
from undersign.web.admin.review.frame import FOLDER, person_of, petition_to_review, review_frame
from undersign.web.admin.review.looking import selection_for, with_query
from undersign.web.admin.review.rows import row_views

SHOWN = 200


@require_POST
def search_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the worker search among what is chosen in the query string."""
    petition = petition_to_review(request, pk)
    chosen, form = CriteriaForm(request.GET), NameSearchForm(request.POST)
    if not (chosen.is_valid() and form.is_valid()):
        context = review_frame(request, petition, _("Search names")) | {"form": form, "chosen": chosen}
        return render(request, f"{FOLDER}/search_form.html", context, status=422)
    search = name_search_request(
        petition=petition,
        finding=Finding(pattern=form.cleaned_data["pattern"], criteria=chosen.criteria),
        why=form.cleaned_data["why"],
        by=person_of(request),
        sealer=Sealer(load_keys(settings.KEYS_FILE)),
        at=timezone.now(),
    )
    return redirect("undersign_review:found", pk=pk, search_id=search.pk)


@never_cache
@require_safe
def search_found(request: HttpRequest, pk: int, search_id: UUID) -> HttpResponse:
    """Show what was found, or how far the worker is."""
    petition = petition_to_review(request, pk)
    search = get_object_or_404(NameSearch.objects.select_related("petition"), pk=search_id, petition=petition)
    context = review_frame(request, petition, _("Names found")) | {"search": search}
    try:
        sealer = Sealer(load_keys(settings.KEYS_FILE))
        finding = name_search_open(search=search, by=person_of(request), sealer=sealer, at=timezone.now())
    except SearchNotReady:
        return render(request, f"{FOLDER}/found.html", context)
    except (KeysError, SealBroken) as problem:
        return render(request, f"{FOLDER}/found.html", context | {"problem": problem})
    return render(request, f"{FOLDER}/found.html", context | _found(pk, search, finding))


def _found(pk: int, search: NameSearch, finding: Finding) -> dict[str, object]:
    selection = selection_for(finding.criteria, petition=search.petition, at=search.at)
    page = rows_older_than(replace(selection, ids=finding.ids[:SHOWN]), before=None, limit=SHOWN)
    return {
        "finding": finding,
        "rows": row_views(page.rows, finding.names),
        "shown": SHOWN,
        "remove_url": reverse("undersign_review:remove-found", args=[pk, search.pk]),
        "back_url": with_query(reverse("undersign_review:review", args=[pk]), finding.criteria),
    }
