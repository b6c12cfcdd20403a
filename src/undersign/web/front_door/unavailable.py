"""The page for the moment when nothing can be made: drawn in each language when the process starts."""

from django.conf import settings

from undersign.foundation.page_cache import Rendered
from undersign.web.addresses import public_path
from undersign.web.composition.frames import bare_frame
from undersign.web.headers import guarded
from undersign.web.presentation.problems import UnavailablePage
from undersign.web.presentation.rendering import render

RETRY_AFTER = 5  # seconds


def unavailable_pages() -> dict[str, Rendered]:
    """Draw the 503 of each language, by how its addresses begin."""
    return {public_path("", language=code): _unavailable_page(code) for code, _name in settings.LANGUAGES}


def _unavailable_page(language: str) -> Rendered:
    html = render(UnavailablePage(frame=bare_frame(language)))
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"retry-after", b"%d" % RETRY_AFTER)]
    return Rendered(status=503, headers=tuple(guarded("/", headers)), body=html.encode(), is_cacheable=False)
