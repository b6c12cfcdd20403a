"""Page listings whose filters know only one's own colleagues.

Wagtail offers everybody who ever owned or edited a page of the whole instance.
"""

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import MultipleUserFilter
from wagtail.admin.views.pages.listing import EditedByFilter, GenericPageFilterSet
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page, PageLogEntry

from undersign.web.admin.walls.reach import reachable_pages


def owners_of_own_pages(request: HttpRequest) -> QuerySet[User]:
    """Return who owns one of the pages that the visitor can reach."""
    return User.objects.filter(pk__in=reachable_pages(request.user).order_by().values("owner_id"))


def editors_of_own_pages(request: HttpRequest) -> QuerySet[User]:
    """Return who has edited one of the pages that the visitor can reach."""
    edits = PageLogEntry.objects.filter(
        action="wagtail.edit", page_id__in=reachable_pages(request.user).order_by().values("pk")
    )
    return User.objects.filter(pk__in=edits.order_by().values("user_id"))


class OwnPageFilterSet(GenericPageFilterSet):
    """Wagtail's filters with the two lists of people cut down; there is one site, so none to choose."""

    owner = MultipleUserFilter(label=_("Owner"), queryset=owners_of_own_pages, widget=CheckboxSelectMultiple)
    edited_by = EditedByFilter(
        label=_("Edited by"), queryset=editors_of_own_pages, widget=CheckboxSelectMultiple
    )
    site = None

    class Meta(GenericPageFilterSet.Meta):
        pass


class OwnPageViewSet(PageViewSet):
    """The views of every page type, with those filters."""

    model = Page
    filterset_class = OwnPageFilterSet
