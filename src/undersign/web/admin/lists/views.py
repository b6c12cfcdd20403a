"""The allow and block lists of one organisation, kept by whoever moderates for it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin.paginator import WagtailPaginator

from undersign.foundation.keys import KeyUnknown, load_keys
from undersign.foundation.sealing import SealBroken, Sealer
from undersign.moderation.models import ListEntry
from undersign.moderation.queries.lists import list_entries
from undersign.moderation.services.listing import list_entry_add, list_entry_remove, listed_address
from undersign.supporters.errors import Refused
from undersign.supporters.models import Organisation
from undersign.supporters.queries import Permission
from undersign.web.admin.lists.forms import EntryForm
from undersign.web.admin.organisations.access import actor, organisation_or_404
from undersign.web.admin.organisations.choosing import WayIn, organisation_choose

FOLDER = "undersign_admin/lists"
PER_PAGE = 50
WAY_IN = WayIn(
    permission=Permission.MODERATE, leads_to="undersign_lists:show", template=f"{FOLDER}/choose.html"
)


@require_safe
def lists_choose(request: HttpRequest) -> HttpResponse:
    """Lead to the lists of the one organisation somebody moderates for, or let them choose."""
    return organisation_choose(request, WAY_IN, _header())


@require_http_methods(["GET", "HEAD", "POST"])
def lists_show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is listed, and add to it."""
    organisation = organisation_or_404(request.user, pk, Permission.MODERATE)
    form = EntryForm(request.POST or None)
    if form.is_valid() and _added(request, organisation, form):
        messages.success(request, _("Saved. Forms are judged by it within a few seconds."))
        return redirect("undersign_lists:show", pk)
    sealer = Sealer(load_keys(settings.KEYS_FILE))
    entries = list_entries(organisation, at=timezone.now())
    page = WagtailPaginator(entries, PER_PAGE).get_page(request.GET.get("p"))
    context = {
        **_header(organisation.name),
        "organisation": organisation,
        "form": form,
        "media": form.media,
        "page_obj": page,
        "index_url": request.path,
        "rows": [(entry, _shown(entry, sealer)) for entry in page],
    }
    return render(request, f"{FOLDER}/show.html", context)


@require_POST
def lists_remove(request: HttpRequest, pk: int, entry_pk: str) -> HttpResponse:
    """Take a line off."""
    organisation = organisation_or_404(request.user, pk, Permission.MODERATE)
    entry = get_object_or_404(organisation.list_entries, pk=entry_pk)
    list_entry_remove(entry=entry, by=actor(request), at=timezone.now())
    messages.success(request, _("Taken off the list."))
    return redirect("undersign_lists:show", pk)


def _added(request: HttpRequest, organisation: Organisation, form: EntryForm) -> bool:
    try:
        list_entry_add(
            organisation=organisation,
            entry=form.entry(),
            ring=load_keys(settings.KEYS_FILE),
            by=actor(request),
            at=timezone.now(),
        )
    except Refused as problem:
        form.add_error("value", str(problem))
        return False
    return True


def _shown(entry: ListEntry, sealer: Sealer) -> str:
    if entry.kind != ListEntry.Kind.ADDRESS:
        return entry.value
    try:
        return listed_address(entry, sealer)
    except (SealBroken, KeyUnknown):
        return _("an address that cannot be opened: its key is missing")


def _header(organisation: str = "") -> dict[str, object]:
    path = [
        (_("Home"), reverse("wagtailadmin_home")),
        (_("Allow and block"), reverse("undersign_lists:choose")),
    ]
    crumbs = [{"label": label, "url": url} for label, url in path]
    return {
        "header_title": _("Allow and block"),
        "header_icon": "lock",
        "breadcrumbs_items": [*crumbs, {"label": organisation, "url": ""}] if organisation else crumbs,
    }
