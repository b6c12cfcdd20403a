"""The list of petitions, one petition at a glance, and what can be done with it at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin.paginator import WagtailPaginator

from undersign.supporters.errors import Refused
from undersign.supporters.queries import Permission
from undersign.web.admin.petitions.access import petition_or_404, petitions_for
from undersign.web.admin.petitions.beginnings import beginnings
from undersign.web.admin.petitions.frame import crumbs, petition_frame
from undersign.web.admin.petitions.glance import glances
from undersign.web.admin.petitions.moves import MOVES, moves_for

FOLDER = "undersign_admin/petitions"


@require_safe
def petition_list(request: HttpRequest) -> HttpResponse:
    """Show every petition the visitor works on, newest first."""
    page = WagtailPaginator(petitions_for(request.user), 25).get_page(request.GET.get("p"))
    context = {
        "header_title": _("Petitions"),
        "header_icon": "clipboard-list",
        "breadcrumbs_items": crumbs((_("Petitions"), "")),
        "glances": glances(page.object_list, at=timezone.now()),
        "page_obj": page,
        "index_url": reverse("undersign_petitions:list"),
        "beginnings": beginnings(request.user),
    }
    return render(request, f"{FOLDER}/list.html", context)


@require_safe
def petition_overview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one petition at a glance."""
    petition = petition_or_404(request.user, pk)
    glance = glances([petition], at=timezone.now())[0]
    context = petition_frame(request, glance)
    context["moves"] = moves_for(petition) if context["may_run"] else []
    context["versions"] = petition.versions.select_related("made_by").order_by("-number")[:10]
    return render(request, f"{FOLDER}/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def petition_move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Ask back, then do one of MOVES."""
    petition = petition_or_404(request.user, pk, Permission.PUBLISH)
    glance = glances([petition], at=timezone.now())[0]
    move = next(move for move in MOVES if move.name == name)
    if request.method != "POST":
        context = petition_frame(request, glance, str(move.label)) | {"move": move}
        return render(request, f"{FOLDER}/move.html", context)
    try:
        move.service(petition=petition, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, str(move.done))
    return redirect(glance.url)
