"""Files that are made rather than stored: colours and QR codes."""

from io import BytesIO

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from undersign.foundation.changes import petition_topic
from undersign.web.composition.petitions import share_view
from undersign.web.models import Branding
from undersign.web.theme import DEFAULT_ACCENT
from undersign.web.themes import ThemeUnknown, theme_accent, theme_sheet
from undersign.web.views.petitions import petition_or_404
from undersign.web.views.public import Keeping, keep

A_YEAR = 31_536_000  # seconds; the cache calls what is kept so long immutable
QR_MAX_AGE = 3600


@require_safe
def theme(request: HttpRequest, name: str) -> HttpResponse:
    """Give the stylesheet of an organisation.

    Only for colours in use: anybody can make up others, and each would take room in memory for a year.
    """
    try:
        accent = theme_accent(name)
    except ThemeUnknown:
        raise Http404 from None
    if accent != DEFAULT_ACCENT and not Branding.objects.filter(accent__iexact=accent).exists():
        raise Http404
    css = HttpResponse(theme_sheet(accent), content_type="text/css; charset=utf-8")
    return keep(css, Keeping(max_age=A_YEAR))


@require_safe
def qr_code(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw a petition's address for people who see it on paper."""
    page = petition_or_404(slug)
    picture = BytesIO()
    # Level M survives a fold or a drop of rain; the border is the quiet zone that ISO/IEC 18004 asks for.
    segno.make(share_view(page).address("qr"), error="m", micro=False).save(
        picture, kind="svg", border=4, scale=8, light="#fff"
    )
    response = HttpResponse(picture.getvalue(), content_type="image/svg+xml")
    return keep(response, Keeping(topics=(petition_topic(page.petition_id),), max_age=QR_MAX_AGE))
