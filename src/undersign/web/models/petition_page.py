"""A petition in one language, as campaigners write it and visitors read it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from undersign.campaigns.errors import AddressFixed, AddressTaken
from undersign.campaigns.models import Petition
from undersign.campaigns.queries import address_is_free, free_address
from undersign.campaigns.services import petition_create, petition_readdress
from undersign.supporters.errors import Refused
from undersign.web.addresses import public_path, url_parts
from undersign.web.blocks import PARAGRAPHS, WORDS, StoryBlock
from undersign.web.models.images import CampaignImage
from undersign.web.models.organisation_page import OrganisationPage
from undersign.web.models.petition_form import PetitionPageForm
from undersign.web.models.petition_panels import ADDRESS_PANELS, CONTENT_PANELS
from undersign.web.previews import painter_for


class PetitionPage(Page):
    """One language of one petition.

    The petition itself lives beside it and is what signatures point at. A page that is added brings a new
    petition into being, copies included; only a translation (same `translation_key`) shares the petition of
    the page it translates. Moving, unpublishing or deleting the page leaves petition and signatures alone.
    """

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="+", editable=False)
    language = models.CharField(max_length=12, editable=False)
    ask = models.CharField(
        _("ask"),
        max_length=300,
        help_text=_("In one sentence: who shall do what? It stands under the title."),
    )
    photo = models.ForeignKey(
        CampaignImage,
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    goal = models.CharField(
        _("goal"), max_length=500, blank=True, help_text=_("What will have changed when you have won?")
    )
    story = StreamField(StoryBlock(), verbose_name=_("story"), blank=True)
    salutation = models.CharField(
        _("salutation"), max_length=200, blank=True, help_text=_("Such as “Dear Minister,”.")
    )
    letter = RichTextField(
        _("letter"),
        features=WORDS,
        blank=True,
        help_text=_("What people put their name to. The signer's name stands at its foot."),
    )
    signoff_name = models.CharField(_("name"), max_length=200, blank=True)
    signoff_role = models.CharField(_("role"), max_length=200, blank=True)
    signoff_words = models.TextField(
        _("words"), max_length=500, blank=True, help_text=_("A sentence or two, in the first person.")
    )
    thank_you = RichTextField(
        _("thank-you"), features=PARAGRAPHS, blank=True, help_text=_("Shown to people who have confirmed.")
    )
    outcome = RichTextField(
        _("outcome"),
        features=PARAGRAPHS,
        blank=True,
        help_text=_("How it ended. Shown once the petition is closed, won or lost."),
    )

    parent_page_types: ClassVar[list[str]] = ["web.OrganisationPage"]
    subpage_types: ClassVar[list[str]] = []
    base_form_class = PetitionPageForm
    content_panels: ClassVar[list[Any]] = CONTENT_PANELS
    promote_panels: ClassVar[list[Any]] = ADDRESS_PANELS
    exclude_fields_in_copy: ClassVar[list[str]] = ["go_live_at", "expire_at", "expired"]  # also translations
    private_page_options: ClassVar[list[str]] = []  # a page that is published is public
    show_in_menus_default = False
    page_description = _("One petition: who is asked for what, why, and the letter people sign.")

    class Meta:
        verbose_name = _("petition")
        verbose_name_plural = _("petitions")
        constraints = [models.UniqueConstraint(fields=["petition", "language"], name="one_page_per_language")]

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep petition, language and address in step with the page."""
        self.language = (self.locale if self.locale_id else self.get_default_locale()).language_code
        if self._state.adding:
            self._take_petition()
        if self.language != self.petition.default_locale:
            self.slug = self.petition.slug
        super().save(*args, **kwargs)
        if "slug" in (kwargs.get("update_fields") or ["slug"]) and self.slug != self.petition.slug:
            petition_readdress(petition=self.petition, slug=self.slug, by=self.owner, at=timezone.now())

    def clean(self) -> None:
        """Hold the rules of the address when the page is published."""
        super().clean()
        self._check_address()

    def minimal_clean(self) -> None:
        """Hold the rules of the address also while the page is a draft."""
        super().minimal_clean()
        self._check_address()

    def address_problem(self, slug: str) -> Refused | None:
        """Return why this page cannot have `slug`; None if it can."""
        if self.petition_id and slug != self.petition.slug and self.petition.published_at:
            return AddressFixed()
        return None if address_is_free(slug, petition_id=self.petition_id) else AddressTaken()

    @transaction.atomic
    def publish(self, *args: Any, **kwargs: Any) -> None:
        """Publish the page and keep its words together, or neither: see `undersign.web.publishing`."""
        super().publish(*args, **kwargs)

    def with_content_json(self, content: Mapping[str, Any]) -> "PetitionPage":
        """Return the page as a revision has it, but with the petition and fixed address of today."""
        page: PetitionPage = super().with_content_json(content)
        page.petition = self.petition
        page.language = self.language
        if self.petition.published_at or self.language != self.petition.default_locale:
            page.slug = self.petition.slug
            page.set_url_path(page.get_parent())
        return page

    def can_move_to(self, parent: Page) -> bool:
        """Stay within the organisation: the people who signed gave their data to this one."""
        return bool(super().can_move_to(parent)) and self.petition.organisation_id == _organisation_id(parent)

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        """Return Wagtail's triple of site, root and path, with the address visitors use."""
        if not self.petition_id:
            return None  # a preview before the first save
        return url_parts(self, public_path(f"p/{self.petition.slug}/", language=self.language))

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Draw the page as visitors will see it. A page not saved yet gets a petition for the occasion."""
        if not self.petition_id:
            organisation = self.get_parent().specific.organisation
            self.language = self.locale.language_code
            self.petition = Petition(organisation=organisation, slug=self.slug, default_locale=self.language)
        with translation.override(self.language):
            return painter_for(PetitionPage)(self, request)

    def _take_petition(self) -> None:
        """Share the petition of the page this one translates, or begin a new one at a free address."""
        pages = PetitionPage.objects.filter(petition_id=self.petition_id)
        if self.petition_id and (
            not pages.exists() or pages.filter(translation_key=self.translation_key).exists()
        ):
            return
        self._set_core_field_defaults()
        self.slug = free_address(self.slug)
        self.petition = petition_create(
            organisation=self.get_parent().specific.organisation,
            slug=self.slug,
            locale=self.language,
            by=self.owner,
            at=timezone.now(),
        )

    def _check_address(self) -> None:
        problem = self.address_problem(self.slug)
        if problem:
            raise ValidationError({"slug": str(problem)})


def _organisation_id(parent: Page) -> int | None:
    specific = parent.specific
    return specific.organisation_id if isinstance(specific, OrganisationPage) else None
