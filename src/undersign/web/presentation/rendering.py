"""From a dataclass to HTML."""

from django.template.loader import render_to_string
from django.utils import translation

from undersign.web.presentation.count import CountSlot, ProgressSlot
from undersign.web.presentation.frame import Page
from undersign.web.presentation.names import NamesSlot

Slot = CountSlot | ProgressSlot | NamesSlot


def render(page: Page) -> str:
    """Return the page as HTML in the language of its frame."""
    with translation.override(page.frame.language):
        return render_to_string(page.template, {"page": page, "frame": page.frame})


def render_slot(slot: Slot, *, language: str) -> str:
    """Return the HTML that stands between the two comments of a slot."""
    with translation.override(language):
        return render_to_string(slot.template, {"slot": slot})
