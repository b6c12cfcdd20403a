"""The mailbox: every mail of the visitor's organisations, while the instance has no mail server."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe
from wagtail.admin.paginator import WagtailPaginator

from undersign.foundation.keys import KeysError, load_keys
from undersign.foundation.sealing import SealBroken, Sealer
from undersign.messaging.models import OfflineMail
from undersign.messaging.queries.mailbox import OpenedMail, is_offline, offline_mail_open, offline_mails
from undersign.supporters.queries import Permission, organisations_where

FOLDER = "undersign_admin/mailbox"

# The mail's own document: nothing is loaded or run, and it cannot reach the page around it. Mails have their
# styles inline, so here alone those are allowed. Links open outside of the sandbox.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


View = Callable[..., HttpResponse]


def keys_needed(view: View) -> View:
    """Say which key is missing instead of failing; the mails stay as they are."""

    @wraps(view)
    def guarded(request: HttpRequest, **values: Any) -> HttpResponse:
        try:
            return view(request, **values)
        except (KeysError, SealBroken) as problem:
            messages.error(request, str(problem))
            return redirect("wagtailadmin_home")

    return guarded


@require_safe
@never_cache
@keys_needed
def mailbox(request: HttpRequest) -> HttpResponse:
    """List mails, newest first."""
    rows = _mails(request)
    page = WagtailPaginator(rows, 25).get_page(request.GET.get("p"))
    sealer = _sealer()
    context = {
        "header_title": _("Mailbox"),
        "header_icon": "mail",
        "breadcrumbs_items": _crumbs(),
        "mails": [offline_mail_open(row, sealer=sealer) for row in page.object_list],
        "page_obj": page,
        "index_url": reverse("undersign_mailbox:list"),
        "is_offline": is_offline(),
    }
    return render(request, f"{FOLDER}/list.html", context)


@require_safe
@never_cache
@keys_needed
def letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one mail as its reader would see it, and its text with links that work."""
    mail = _opened(request, pk)
    context = {
        "header_title": mail.subject,
        "header_icon": "mail",
        "breadcrumbs_items": [
            *_crumbs(reverse("undersign_mailbox:list")),
            {"url": "", "label": mail.subject},
        ],
        "mail": mail,
    }
    return render(request, f"{FOLDER}/letter.html", context)


@require_safe
@never_cache
@xframe_options_sameorigin
@keys_needed
def letter_html(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Serve the HTML part for the frame on the page of the mail."""
    mail = _opened(request, pk)
    if not mail.html:
        raise Http404
    html = mail.html.replace("<head>", '<head><base target="_blank">', 1)
    response = HttpResponse(html)
    response["Content-Security-Policy"] = MAIL_POLICY
    response["Referrer-Policy"] = "no-referrer"
    return response


def _mails(request: HttpRequest) -> QuerySet[OfflineMail]:
    organisations = organisations_where(request.user, Permission.SEE_PEOPLE).values_list("pk", flat=True)
    return offline_mails(organisations, with_platform=bool(getattr(request.user, "is_superuser", False)))


def _opened(request: HttpRequest, pk: UUID) -> OpenedMail:
    return offline_mail_open(get_object_or_404(_mails(request), pk=pk), sealer=_sealer())


def _sealer() -> Sealer:
    return Sealer(load_keys(settings.KEYS_FILE))


def _crumbs(mailbox_url: str = "") -> list[dict[str, str]]:
    return [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": mailbox_url, "label": _("Mailbox")},
    ]
