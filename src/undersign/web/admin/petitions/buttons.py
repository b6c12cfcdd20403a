"""Ways from the page editor and the explorer to the petition behind a page."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from undersign.supporters.queries import Permission, may, organisations_where
from undersign.web.models import PetitionPage


class PetitionsItem(MenuItem):
    """“Petitions” in the sidebar, for whoever works for an organisation."""

    def __init__(self) -> None:
        url = reverse_lazy("undersign_petitions:list")
        super().__init__(_("Petitions"), url, name="petitions", icon_name="clipboard-list", order=50)

    def is_shown(self, request: Any) -> bool:
        """Hide it from people without any role."""
        return organisations_where(request.user).exists()


class SwitchesItem(MenuItem):
    """“Switches” under Settings, for the operator."""

    def __init__(self) -> None:
        url = reverse_lazy("undersign_switches:list")
        super().__init__(_("Switches"), url, name="switches", icon_name="rotate", order=10)

    def is_shown(self, request: Any) -> bool:
        """Hide it from everybody else."""
        return bool(request.user.is_superuser)


def header_buttons(page: Page, user: User, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """Offer the petition in the header menu of the editor."""
    yield from listing_buttons(page, user, next_url)


def listing_buttons(page: Page, user: User, next_url: str | None = None) -> Iterator[Button]:
    """Offer the petition in the explorer's menu of a row."""
    petition_page = page.specific_deferred
    if not isinstance(petition_page, PetitionPage):
        return
    petition = petition_page.petition
    overview = reverse("undersign_petitions:overview", args=[petition.pk])
    yield Button(_("At a glance"), overview, icon_name="clipboard-list", priority=1)
    if may(user, Permission.PUBLISH, petition.organisation):
        form = reverse("undersign_petitions:form", args=[petition.pk])
        yield Button(_("Form and settings"), form, icon_name="cog", priority=3)
