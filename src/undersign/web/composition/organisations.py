"""The lists of petitions: the instance's home page and an organisation's own."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from undersign.campaigns.models import Petition
from undersign.signing.queries.counts import counts_shown
from undersign.supporters.models import Organisation
from undersign.web.addresses import public_path
from undersign.web.composition.frames import direction_of, frame_of, language_links
from undersign.web.composition.petitions import petition_path, rich_text, standing_of
from undersign.web.composition.pictures import picture_of
from undersign.web.models import OrganisationPage, PetitionPage
from undersign.web.presentation.count import next_goal
from undersign.web.presentation.frame import Frame
from undersign.web.presentation.home import HomePage, PetitionCard


def pages_shown(organisation: Organisation | None = None) -> QuerySet[PetitionPage]:
    """Find the pages of petitions that visitors may see, in every language, the newest petition first."""
    pages = PetitionPage.objects.live().exclude(petition__state=Petition.State.DRAFT)
    if organisation is not None:
        pages = pages.filter(petition__organisation=organisation)
    found: QuerySet[PetitionPage] = pages.select_related("petition__organisation", "photo").order_by(
        "-petition__published_at", "-petition_id"
    )
    return found


def organisation_page(
    organisation: Organisation, pages: Iterable[PetitionPage], *, language: str, at: datetime
) -> HomePage:
    """Compose an organisation's page in a language from the pages of its petitions in that language."""
    below = f"o/{organisation.slug}/"
    frame = frame_of(
        organisation,
        language=language,
        paths=_paths(below, {*languages_of(organisation), language}),
        feed=public_path(f"{below}feed.xml", language=language),
    )
    return HomePage(
        frame=frame,
        heading=organisation.name,
        introduction=_introduction(organisation, language),
        petitions=cards(pages, at=at),
    )


def instance_page(pages: Iterable[PetitionPage], *, language: str, at: datetime) -> HomePage:
    """Compose the home page of an instance that several organisations share, or that has none yet."""
    spoken = {*pages_shown().values_list("language", flat=True), language}
    return HomePage(
        frame=_bare_frame_with(_paths("", spoken), language),
        heading=_("Petitions"),
        petitions=cards(pages, at=at, is_named=True),
    )


def cards(pages: Iterable[PetitionPage], *, at: datetime, is_named: bool = False) -> tuple[PetitionCard, ...]:
    """Make a card of each page, with the organisation's name where several share the list."""
    listed: Sequence[PetitionPage] = tuple(pages)
    totals = counts_shown(page.petition_id for page in listed)
    return tuple(_card(page, totals[page.petition_id], at=at, is_named=is_named) for page in listed)


def languages_of(organisation: Organisation) -> set[str]:
    """Tell in which languages an organisation has something to show."""
    own = OrganisationPage.objects.live().filter(organisation=organisation)
    return {
        *own.values_list("language", flat=True),
        *pages_shown(organisation).values_list("language", flat=True),
    }


def _card(page: PetitionPage, total: int, *, at: datetime, is_named: bool) -> PetitionCard:
    return PetitionCard(
        title=page.title,
        ask=page.ask,
        url=petition_path(page),
        total=total,
        goal=next_goal(total),
        state=standing_of(page, at).state,
        photo=picture_of(page.photo) if page.photo else None,
        organisation=page.petition.organisation.name if is_named else "",
    )


def _introduction(organisation: Organisation, language: str) -> SafeString:
    own = OrganisationPage.objects.live().filter(organisation=organisation, language=language).first()
    return rich_text(own.intro) if own else SafeString("")


def _paths(below: str, languages: Iterable[str]) -> dict[str, str]:
    return {language: public_path(below, language=language) for language in languages}


def _bare_frame_with(paths: dict[str, str], language: str) -> Frame:
    return Frame(
        language=language,
        organisation=None,
        direction=direction_of(language),
        languages=language_links(paths, current=language),
        canonical_url=settings.BASE_URL + paths[language],
    )
