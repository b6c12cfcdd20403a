"""Downloads of a petition's signatures: ask, watch, take. See docs/mechanisms/downloads.md."""

from collections.abc import AsyncIterator, Callable, Iterator
from functools import wraps
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from undersign.campaigns.models import Petition
from undersign.delivery.files import export_open
from undersign.delivery.models import Format, SignatureExport
from undersign.delivery.services.requests import export_request, export_take
from undersign.foundation.keys import KeysError, load_keys
from undersign.foundation.sealing import SealBroken, Sealer
from undersign.supporters.errors import NotAllowed, Refused
from undersign.supporters.queries import Permission, permission_require
from undersign.web.admin.petitions.access import petition_or_404
from undersign.web.admin.petitions.frame import petition_frame
from undersign.web.admin.petitions.glance import glances

TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
View = Callable[..., HttpResponseBase]
FOLDER = "undersign_admin/downloads"


def forbidden_in_words(view: View) -> View:
    """Answer 403 with a page; Wagtail would send people home with a message instead."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except NotAllowed:
            return render(request, f"{FOLDER}/forbidden.html", {"header_title": _("Downloads")}, status=403)

    return answered


@never_cache
@require_safe
@forbidden_in_words
def download_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the downloads of one petition; while one is being made the page looks again by itself."""
    petition = _petition(request, pk)
    glance = glances([petition], at=timezone.now())[0]
    exports = list(petition.exports.select_related("requested_by").order_by("-at")[:20])
    context = petition_frame(request, glance, _("Download signatures"))
    context |= {
        "exports": exports,
        "formats": Format.choices,
        "is_pending": any(export.is_pending for export in exports),
    }
    return render(request, f"{FOLDER}/list.html", context)


@require_POST
@forbidden_in_words
def download_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a download made."""
    petition = _petition(request, pk)
    format_ = request.POST.get("format", "")
    if format_ not in Format:
        messages.error(request, _("Choose CSV or Excel."))
    else:
        export_request(petition=petition, format=format_, by=_person(request), at=timezone.now())
        messages.success(request, _("The worker is making your download. It appears below."))
    return redirect("undersign_downloads:list", pk=petition.pk)


@never_cache
@require_http_methods(["GET"])
@forbidden_in_words
def download_file(request: HttpRequest, pk: int, export_id: UUID) -> HttpResponseBase:
    """Give the file, opened piece by piece on its way."""
    petition = _petition(request, pk)
    export = get_object_or_404(SignatureExport, pk=export_id, petition=petition)
    try:
        pieces = _opened(export)
        export_take(export=export, by=_person(request), at=timezone.now())
    except (Refused, FileNotFoundError, KeysError, SealBroken) as problem:
        text = (
            problem if isinstance(problem, Refused | KeysError) else _("The file of this download is gone.")
        )
        context = {"header_title": _("Downloads"), "problem": text}
        context["back"] = reverse("undersign_downloads:list", args=[petition.pk])
        return render(request, f"{FOLDER}/problem.html", context, status=410)
    response = StreamingHttpResponse(_in_thread(pieces), content_type=TYPES[Format(export.format)])
    name = f"{petition.slug}-{export.at:%Y-%m-%d}.{export.format}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _petition(request: HttpRequest, pk: int) -> Petition:
    """Find a petition: 404 for whoever does not work for its organisation, 403 without the permission."""
    petition = petition_or_404(request.user, pk)
    permission_require(
        by=_person(request), permission=Permission.DOWNLOAD, organisation=petition.organisation
    )
    return petition


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 -- the admin lets nobody in who is not logged in
    return request.user


def _opened(export: SignatureExport) -> Iterator[bytes]:
    """Open the file far enough to know that it can be given."""
    sealer = Sealer(load_keys(settings.KEYS_FILE))
    pieces = export_open(settings.DATA_DIR, export.pk, sealer=sealer)
    first = next(pieces, b"")
    return _chained(first, pieces)


def _chained(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces


async def _in_thread(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Read the file without holding up the event loop."""
    step: Callable[[], Any] = sync_to_async(lambda: next(pieces, None), thread_sensitive=False)
    while (piece := await step()) is not None:
        yield piece
