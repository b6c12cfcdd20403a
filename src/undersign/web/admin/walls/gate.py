"""The gate before every address of the editing side.

Wagtail trusts its editors with each other's titles: choosers list every page, bulk actions name what they
refuse, tag lists and user filters know everybody. Organisations that share an instance do not trust each
other. So staff reach only the addresses named in `routes`, and only with things of their own in the path, the
query and the form; all others are as if they did not exist. Wagtail's own permissions still decide what may
be done behind the gate. The operator of the instance may do everything, but what nobody has or needs is
missing for them as well: Wagtail's choosers break on it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import ResolverMatch, reverse
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.permissions import policy_registry

from undersign.web.admin.walls.reach import (
    Visitor,
    reaches_images,
    reaches_pages,
    reaches_pages_to_choose,
)
from undersign.web.admin.walls.routes import CLOSED, NOTHING, ROUTES, Route

View = Callable[..., HttpResponse]


def gated(view: View) -> View:
    """Put the gate before one view of the editing side."""

    @wraps(view)
    def at_the_gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return view(request, *args, **kwargs)
        match = request.resolver_match
        if match is None or not _is_admitted(request, match):
            return page_not_found(request, Http404(), template_name="wagtailadmin/404.html")
        if not _has_its_fields(request, match):
            return HttpResponseBadRequest(_("This form came without what it needs. Please try again."))
        if match.view_name == "wagtailadmin_choose_page" and not request.user.is_superuser:
            return _choose_among_own(request)
        return view(request, *args, **kwargs)

    return at_the_gate


def _is_admitted(request: HttpRequest, match: ResolverMatch) -> bool:
    if _is_our_own(match):
        return True
    if match.namespace in CLOSED:
        return False
    route = ROUTES.get(match.view_name)
    if request.user.is_superuser:
        return route is None or _reaches_named(request, route, match)
    if route is None or (route.actions and match.kwargs["action"] not in route.actions):
        return False
    return _reaches_named(request, route, match) and _reaches_things(request.user, route, request, match)


def _reaches_named(request: HttpRequest, route: Route, match: ResolverMatch) -> bool:
    user = request.user
    return (
        reaches_pages(user, _named(route.pages, request, match))
        and reaches_pages_to_choose(user, _named(route.chosen, request, match))
        and reaches_images(user, _named(route.images, request, match))
    )


def _has_its_fields(request: HttpRequest, match: ResolverMatch) -> bool:
    """Say whether Wagtail's view finds what it relies on. No column of PostgreSQL holds a NUL."""
    route = ROUTES.get(match.view_name, NOTHING)
    return (
        not any("\x00" in value for _name, values in request.GET.lists() for value in values)
        and not any(value == "" for name in route.filled for value in request.GET.getlist(name))
        and (request.method != "POST" or all(name in request.POST for name in route.fields))
    )


def _is_our_own(match: ResolverMatch) -> bool:
    """Say whether a view is written here: those ask for the permission of an organisation themselves."""
    view = getattr(match.func, "view_class", match.func)
    return view.__module__.startswith("undersign.")


def _reaches_things(user: Visitor, route: Route, request: HttpRequest, match: ResolverMatch) -> bool:
    """Check the things of a route that has their model in its path."""
    if not route.of_model:
        return True
    try:
        model = apps.get_model(match.kwargs["app_label"], match.kwargs["model_name"])
    except LookupError:
        return False
    ids = _named(route.of_model, request, match)
    if issubclass(model, Page):
        return reaches_pages(user, ids)
    return issubclass(model, get_image_model()) and reaches_images(user, ids)


def _named(names: tuple[str, ...], request: HttpRequest, match: ResolverMatch) -> set[str]:
    """Collect what a request calls by these names: in its path, its query and its form."""
    found = {str(match.kwargs[name]) for name in names if name in match.kwargs}
    sent = (values for name in names for values in (request.GET.getlist(name), request.POST.getlist(name)))
    return found.union(value for values in sent for value in values if value)


def _choose_among_own(request: HttpRequest) -> HttpResponse:
    """Begin choosing at one's own pages: Wagtail would begin at what all pages of a type have in common."""
    root = policy_registry.get_by_type(Page).explorable_root_instance(request.user)
    if root is None:
        return page_not_found(request, Http404(), template_name="wagtailadmin/404.html")
    query = request.GET.urlencode()
    return redirect(f"{reverse('wagtailadmin_choose_page_child', args=[root.pk])}?{query}")
