"""The ways to the mailbox, and the word that there is no mail server."""

from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from undersign.messaging.queries.mailbox import is_offline
from undersign.supporters.queries import Permission, organisations_where


def reads_mailbox(request: Any) -> bool:
    """Tell whether the visitor has a mailbox to look into at this instance."""
    return is_offline() and organisations_where(request.user, Permission.SEE_PEOPLE).exists()


class MailboxItem(MenuItem):
    """“Mailbox” in the sidebar, while there is no mail server."""

    def __init__(self) -> None:
        super().__init__(
            _("Mailbox"), reverse_lazy("undersign_mailbox:list"), name="mailbox", icon_name="mail", order=60
        )

    def is_shown(self, request: Any) -> bool:
        """Hide it from people who may not see signers."""
        return reads_mailbox(request)


class MailNotice(Component):
    """Says on the first page that nobody gets mail yet."""

    name = "undersign_mail_notice"
    template_name = "undersign_admin/mailbox/notice.html"
    order = 10


def notice_without_server(request: Any, panels: list[Component]) -> None:
    """Put the notice before everything else on the first page."""
    if reads_mailbox(request):
        panels.insert(0, MailNotice())
