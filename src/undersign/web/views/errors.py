"""What visitors see when nothing is at an address, or something broke."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, get_language_from_path

from undersign.web.addresses import public_path
from undersign.web.composition.frames import bare_frame
from undersign.web.presentation.problems import BrokenPage, NotFoundPage, StaleFormPage
from undersign.web.views.public import page_response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that nothing is here: 404."""
    language = _language(request)
    home = public_path("", language=language)
    return page_response(NotFoundPage(frame=bare_frame(language), home_url=home), status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that something broke on our side: 500. Needs no database."""
    language = _language(request)
    home = public_path("", language=language)
    return page_response(BrokenPage(frame=bare_frame(language), home_url=home), status=500)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form of the admin has to be opened anew, and that nothing typed is lost: 403."""
    page = StaleFormPage(frame=bare_frame(get_language() or settings.LANGUAGE_CODE))
    response = page_response(page, status=403)
    response["Cache-Control"] = "no-store"
    return response


def _language(request: HttpRequest) -> str:
    return get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
