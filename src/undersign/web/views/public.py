"""Responses that are the same bytes for everybody, with what the page cache needs to know about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse

from undersign.web.headers import PUBLIC_HEADERS
from undersign.web.presentation.frame import Page
from undersign.web.presentation.rendering import render

# The longest time in seconds that anybody may show a page without asking for it again.
MAX_AGE = 10

TAGS_HEADER = "Undersign-Tags"
SLOTS_HEADER = "Undersign-Slots"
CLOSES_HEADER = "Undersign-Closes-At"
MAX_AGE_HEADER = "Undersign-Max-Age"


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a page is kept: what makes it old, whose numbers fill its slots, when it must be made anew."""

    topics: Iterable[str] = ()
    slots_of: str = ""
    closes_at: datetime | None = None
    max_age: int = MAX_AGE


def keep(response: HttpResponse, keeping: Keeping) -> HttpResponse:
    """Note on a response how it may be kept; the front door reads the notes and takes them off."""
    response[TAGS_HEADER] = " ".join(keeping.topics)
    response[MAX_AGE_HEADER] = str(keeping.max_age)
    if keeping.slots_of:
        response[SLOTS_HEADER] = keeping.slots_of
    if keeping.closes_at is not None:
        response[CLOSES_HEADER] = str(keeping.closes_at.timestamp())
    return response


def page_response(page: Page, keeping: Keeping | None = None, *, status: int = 200) -> HttpResponse:
    """Draw a page; without `keeping` it is made for this one request."""
    response = HttpResponse(render(page), status=status, headers=PUBLIC_HEADERS)
    return keep(response, keeping) if keeping else response
