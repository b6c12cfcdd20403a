"""The frame that the pages about one petition share."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.widgets.button import HeaderButton

from undersign.supporters.queries import Permission, may
from undersign.web.admin.petitions.glance import PetitionGlance


def crumbs(*steps: tuple[str, str]) -> list[Mapping[str, str]]:
    """Return breadcrumbs for Wagtail's header: (label, address) from the left, after Home."""
    home = {"url": reverse("wagtailadmin_home"), "label": _("Home")}
    return [home, *({"url": address, "label": label} for label, address in steps)]


def petition_frame(request: HttpRequest, glance: PetitionGlance, *step: str) -> dict[str, Any]:
    """Return the header of a page about one petition; `step` names a page below its overview."""
    path = [(_("Petitions"), reverse("undersign_petitions:list")), (glance.title, glance.url)]
    below = [(label, "") for label in step]
    return {
        "glance": glance,
        "petition": glance.petition,
        "header_title": f"{glance.title}: {step[0]}" if step else glance.title,
        "header_icon": "clipboard-list",
        "breadcrumbs_items": crumbs(*path, *below),
        "header_buttons": _buttons(request, glance),
        "may_run": may(request.user, Permission.PUBLISH, glance.petition.organisation),
    }


def _buttons(request: HttpRequest, glance: PetitionGlance) -> list[HeaderButton]:
    organisation = glance.petition.organisation
    buttons = []
    if glance.main_page and may(request.user, Permission.WRITE_PAGES, organisation):
        address = reverse("wagtailadmin_pages:edit", args=[glance.main_page.pk])
        buttons.append(HeaderButton(_("Edit the page"), address, icon_name="edit"))
    if may(request.user, Permission.PUBLISH, organisation):
        address = reverse("undersign_petitions:form", args=[glance.petition.pk])
        buttons.append(HeaderButton(_("Form and settings"), address, icon_name="cog"))
    if may(request.user, Permission.MODERATE, organisation):
        address = reverse("undersign_review:review", args=[glance.petition.pk])
        buttons.append(HeaderButton(_("Review signatures"), address, icon_name="view"))
    if may(request.user, Permission.DOWNLOAD, organisation):
        address = reverse("undersign_downloads:list", args=[glance.petition.pk])
        buttons.append(HeaderButton(_("Download signatures"), address, icon_name="download"))
    return buttons
