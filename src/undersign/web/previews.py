"""How a page looks before it is published: drawn by the public views, which register here what draws it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

Painter = Callable[[Any, HttpRequest], HttpResponse]  # takes the page, whose petition may be unsaved

_painters: dict[type, Painter] = {}


def painter_register(page_type: type, painter: Painter) -> None:
    """Have previews of `page_type` drawn by `painter`; called once, when the application starts."""
    _painters[page_type] = painter


def painter_for(page_type: type) -> Painter:
    """Return what draws previews of `page_type`."""
    return _painters[page_type]
