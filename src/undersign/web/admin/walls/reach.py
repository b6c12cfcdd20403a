"""What a member of the staff can reach: the pages and images of the organisations they work for."""

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage
from wagtail.models import Page
from wagtail.permissions import policy_registry

Visitor = User | AnonymousUser


def reachable_pages(user: Visitor) -> QuerySet[Page]:
    """Return the pages that `user` may find in the explorer, with those on the way to them."""
    policy = policy_registry.get_by_type(Page)
    pages: QuerySet[Page] = Page.objects.none()
    if user.is_superuser or policy.get_cached_permissions_for_user(user):
        pages = policy.explorable_instances(user)
    return pages


def reachable_images(user: Visitor) -> QuerySet[AbstractImage]:
    """Return the images that `user` may put on a page."""
    policy = policy_registry.get_by_type(get_image_model())
    images: QuerySet[AbstractImage] = policy.instances_user_has_any_permission_for(
        user, ["choose", "change", "delete"]
    )
    return images


def reaches_pages(user: Visitor, ids: Iterable[object]) -> bool:
    """Say whether every one of `ids` is a page that `user` can reach."""
    return _all_found(reachable_pages(user), ids)


def reaches_pages_to_choose(user: Visitor, ids: Iterable[object]) -> bool:
    """Say whether every one of `ids` is a page that `user` can reach and that lies below another."""
    return _all_found(reachable_pages(user).filter(depth__gt=1), ids)


def reaches_images(user: Visitor, ids: Iterable[object]) -> bool:
    """Say whether every one of `ids` is an image that `user` can reach."""
    return _all_found(reachable_images(user), ids)


def _all_found(found: QuerySet[Any], ids: Iterable[object]) -> bool:
    wanted = _numbers(ids)
    return wanted is not None and found.filter(pk__in=wanted).distinct().count() == len(wanted)


def _numbers(ids: Iterable[object]) -> Collection[int] | None:
    """Read ids from an address or a form; None if one of them cannot be an id."""
    texts = {str(value) for value in ids}
    if not all(text.isascii() and text.isdigit() and len(text) <= 18 for text in texts):
        return None
    return {int(text) for text in texts}
