"""Which organisation somebody can open here; to everybody else it does not exist."""

from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem

from undersign.supporters.models import Organisation
from undersign.supporters.queries import Permission, organisations_where


class OrganisationItem(MenuItem):
    """“Organisation” in the sidebar, for organisers."""

    def __init__(self) -> None:
        url = reverse_lazy("undersign_organisations:list")
        super().__init__(gettext_lazy("Organisation"), url, name="organisation", icon_name="group", order=900)

    def is_shown(self, request: HttpRequest) -> bool:
        """Hide it from people who may change nothing."""
        return organisations_where(request.user, Permission.CHANGE_SETTINGS).exists()


def actor(request: HttpRequest) -> User:
    """Return who is at work. Raises PermissionDenied for nobody, whom Wagtail lets in nowhere."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def organisation_or_404(
    user: User | AnonymousUser, pk: int, permission: Permission = Permission.CHANGE_SETTINGS
) -> Organisation:
    """Return one organisation. Raises Http404 unless `user` has `permission` in it."""
    return get_object_or_404(organisations_where(user, permission), pk=pk)


def frame(organisation: Organisation, title: str, **extra: Any) -> dict[str, Any]:
    """Return what the header of a page about one organisation needs; `title` is empty on its first page."""
    overview = reverse("undersign_organisations:overview", args=[organisation.pk])
    crumbs = [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("undersign_organisations:list"), "label": _("Organisation")},
        {"url": overview, "label": organisation.name},
    ]
    if title:
        crumbs.append({"url": "", "label": title})
    return {
        "organisation": organisation,
        "overview_url": overview,
        "header_title": title or organisation.name,
        "header_icon": "group",
        "breadcrumbs_items": crumbs,
        **extra,
    }
