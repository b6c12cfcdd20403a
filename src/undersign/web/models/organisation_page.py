"""An organisation's own page, in one language; its petitions live below it."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import GroupPagePermission, Page

from undersign.supporters.models import Organisation
from undersign.web.addresses import public_path, url_parts
from undersign.web.blocks import PARAGRAPHS
from undersign.web.models.walled_form import WalledPageForm
from undersign.web.previews import painter_for


class OrganisationPage(Page):
    """Who campaigns here. Only the operator of the instance makes and removes these pages."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=12, editable=False)
    intro = RichTextField(
        _("introduction"), features=PARAGRAPHS, blank=True, help_text=_("Who you are and what you work for.")
    )

    base_form_class = WalledPageForm
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["web.PetitionPage"]
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("organisation", permission="superuser"),
        FieldPanel("intro"),
    ]
    promote_panels: ClassVar[list[Any]] = [FieldPanel("slug")]
    exclude_fields_in_copy: ClassVar[list[str]] = ["go_live_at", "expire_at", "expired"]  # also translations
    private_page_options: ClassVar[list[str]] = []  # a page that is published is public
    show_in_menus_default = False

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "language"], name="one_organisation_page_per_language"
            )
        ]

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the language beside the organisation, where the database can hold them unique together."""
        self.language = (self.locale if self.locale_id else self.get_default_locale()).language_code
        is_new = self._state.adding
        super().save(*args, **kwargs)
        if is_new:
            self._open_the_same_doors()

    def clean(self) -> None:
        """Refuse a second page in the same language."""
        super().clean()
        twins = OrganisationPage.objects.filter(
            organisation_id=self.organisation_id, locale_id=self.locale_id
        )
        if self.locale_id and twins.exclude(pk=self.pk).exists():
            raise ValidationError(
                {"organisation": _("This organisation already has a page in this language.")}
            )

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        """Return Wagtail's triple of site, root and path, with the address visitors use."""
        return url_parts(self, public_path(f"o/{self.organisation.slug}/", language=self.language))

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Draw the page as visitors will see it."""
        self.language = self.locale.language_code
        with translation.override(self.language):
            return painter_for(OrganisationPage)(self, request)

    def _open_the_same_doors(self) -> None:
        """Let in who may work on the page in another language: each language is a tree of its own."""
        twins = OrganisationPage.objects.filter(organisation_id=self.organisation_id).exclude(pk=self.pk)
        granted = GroupPagePermission.objects.filter(page__in=twins.values("page_ptr"))
        for group, permission in granted.values_list("group", "permission").distinct():
            GroupPagePermission.objects.get_or_create(page=self, group_id=group, permission_id=permission)
