"""The way to the allow and block lists."""

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from undersign.supporters.queries import Permission, organisations_where


class ListsItem(MenuItem):
    """“Allow and block” in the sidebar, for those who moderate."""

    def __init__(self) -> None:
        url = reverse_lazy("undersign_lists:choose")
        super().__init__(_("Allow and block"), url, name="lists", icon_name="lock", order=80)

    def is_shown(self, request: HttpRequest) -> bool:
        """Hide it from people who moderate nothing."""
        return organisations_where(request.user, Permission.MODERATE).exists()
