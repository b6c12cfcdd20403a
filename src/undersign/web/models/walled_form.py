"""A page form that takes no picture and no page from behind somebody else's wall.

A chooser offers only one's own things, but the form it fills would accept any number. Whoever sends the
number of somebody else's picture is refused outright, since a form that comes back with an error shows what
it holds.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import models
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.images.models import AbstractImage
from wagtail.models import Page

from undersign.web.admin.walls.reach import reaches_images, reaches_pages

Reference = tuple[type[models.Model], str]


class WalledPageForm(WagtailAdminPageForm):
    """Wagtail's page form, with that rule."""

    def full_clean(self) -> None:
        """Refuse foreign things before anything is shown or saved. Raises PermissionDenied."""
        super().full_clean()
        if not self.is_bound:
            return
        user = self.for_user or AnonymousUser()
        found = set(references_in(self))
        images = [pk for model, pk in found if issubclass(model, AbstractImage)]
        pages = [pk for model, pk in found if issubclass(model, Page)]
        if not (reaches_images(user, images) and reaches_pages(user, pages)):
            raise PermissionDenied


def references_in(form: forms.BaseModelForm[Any]) -> Iterator[Reference]:
    """Yield model and id of everything that was sent in a form and the forms inside it, valid or not."""
    for bound in form:
        yield from _references(form, bound)
    for formset in getattr(form, "formsets", {}).values():
        for child in formset.forms:
            yield from references_in(child)


def _references(form: forms.BaseModelForm[Any], bound: forms.BoundField) -> Iterator[Reference]:
    if isinstance(bound.field, forms.ModelChoiceField):
        if bound.data and bound.field.queryset is not None:
            yield bound.field.queryset.model, str(bound.data)
        return
    names = {field.name: field for field in form._meta.model._meta.get_fields()}  # noqa: SLF001 -- Django's
    extract = getattr(names.get(bound.name), "extract_references", None)
    if extract and bound.data:
        yield from ((model, str(pk)) for model, pk, _model_path, _content_path in extract(bound.data))
