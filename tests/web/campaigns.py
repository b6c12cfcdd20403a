"""Organisations and petitions that the pages show."""

from wagtail.models import Locale, Page

from undersign.supporters.models import Organisation
from undersign.web.models import OrganisationPage, PetitionPage


def organisation(slug: str, name: str, *, intro: str = "") -> OrganisationPage:
    made = Organisation.objects.create(
        slug=slug,
        name=name,
        postal_address="1 Weir Lane, Ouse",
        sender_name=name,
        sender_email=f"hello@{slug}.example",
    )
    page: OrganisationPage = Page.objects.get(depth=1).add_child(
        instance=OrganisationPage(title=name, organisation=made, intro=intro)
    )
    return page


def publish(place: OrganisationPage, title: str, slug: str, ask: str = "Open it.") -> PetitionPage:
    page: PetitionPage = place.add_child(instance=PetitionPage(title=title, slug=slug, ask=ask, live=False))
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def in_german(page: PetitionPage, title: str) -> PetitionPage:
    """Publish a translation, with the tree above it."""
    german, _ = Locale.objects.get_or_create(language_code="de")
    page.get_parent().specific.copy_for_translation(german)
    translated: PetitionPage = page.copy_for_translation(german)
    translated.title = title
    translated.save_revision().publish()
    return translated
