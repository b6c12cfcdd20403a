"""The page for the moment when nothing can be made: drawn once, when the process starts."""

from django.conf import settings

from undersign.foundation.page_cache import Rendered
from undersign.web.composition.frames import bare_frame
from undersign.web.headers import guarded
from undersign.web.presentation.problems import UnavailablePage
from undersign.web.presentation.rendering import render

RETRY_AFTER = 5  # seconds


def unavailable_page() -> Rendered:
    """Draw the 503 in the first language: it is the same whichever address was asked for."""
    html = render(UnavailablePage(frame=bare_frame(settings.LANGUAGE_CODE)))
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"retry-after", b"%d" % RETRY_AFTER)]
    return Rendered(status=503, headers=tuple(guarded("/", headers)), body=html.encode(), is_cacheable=False)
