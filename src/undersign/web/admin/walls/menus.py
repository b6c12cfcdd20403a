"""What Wagtail's lists and menus hold for somebody who works for one organisation among others."""

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.admin.menu import MenuItem
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from undersign.web.admin.walls.reach import reachable_pages

CLOSED_MENUS = frozenset({"reports", "documents", "help"})
"""Menus of Wagtail whose addresses the gate keeps shut for staff; help leads to a third party's site."""


def only_own_pages(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """Keep the pages that the visitor can reach, in Wagtail's page chooser and its search."""
    if request.user.is_superuser:
        return pages
    return pages.filter(pk__in=reachable_pages(request.user).order_by().values("pk"))


def only_own_children(_parent: Page, pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """Keep the pages that the visitor can reach, in the explorer and its menu."""
    return only_own_pages(pages, request)


def no_panels_of_wagtail(request: HttpRequest, panels: list[Component]) -> None:
    """Leave staff no panel of Wagtail's own: recent edits name pages of organisations they have left."""
    if not request.user.is_superuser:
        panels[:] = [panel for panel in panels if type(panel).__module__.startswith("undersign.")]


def no_totals_of_wagtail(request: HttpRequest, items: list[SummaryItem]) -> None:
    """Leave staff no total of Wagtail's own: they count and link what the gate keeps shut."""
    if not request.user.is_superuser:
        items[:] = [item for item in items if type(item).__module__.startswith("undersign.")]


def no_closed_menus(request: HttpRequest, items: list[MenuItem]) -> None:
    """Offer staff no menu behind which every door is shut."""
    if not request.user.is_superuser:
        items[:] = [item for item in items if item.name not in CLOSED_MENUS]
