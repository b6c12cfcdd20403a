"""The way to the page about undelivered mail."""

from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from undersign.supporters.queries import Permission, organisations_where


class UndeliveredItem(MenuItem):
    """“Undelivered mail” in the sidebar, for those who look after signers."""

    def __init__(self) -> None:
        url = reverse_lazy("undersign_undelivered:list")
        super().__init__(_("Undelivered mail"), url, name="undelivered", icon_name="warning", order=70)

    def is_shown(self, request: Any) -> bool:
        """Hide it from people who may not see signers."""
        return organisations_where(request.user, Permission.SEE_PEOPLE).exists()
