"""The rows below a petition page: whom it asks, and where its facts come from."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel
from wagtail.models import Orderable

from undersign.web.links import link_validate


class PageTarget(Orderable):
    """Somebody who can decide, as this page introduces them."""

    page = ParentalKey("web.PetitionPage", on_delete=models.CASCADE, related_name="targets")
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=200, blank=True)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    record = models.CharField(
        _("record"), max_length=500, blank=True, help_text=_("What they have done about it so far.")
    )

    panels: ClassVar[list[Any]] = [
        FieldPanel("name"),
        FieldPanel("role"),
        FieldPanel("organisation"),
        FieldPanel("record"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("target")

    def __str__(self) -> str:
        return str(self.name)


class PageSource(Orderable):
    """Where a fact on this page can be checked."""

    page = ParentalKey("web.PetitionPage", on_delete=models.CASCADE, related_name="sources")
    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True, validators=[link_validate])

    panels: ClassVar[list[Any]] = [
        FieldPanel("title"),
        FieldPanel("publisher"),
        FieldPanel("published_on"),
        FieldPanel("url"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("source")

    def __str__(self) -> str:
        return str(self.title)
