"""A petition at a glance: what an organiser wants to know before anything else."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language_info

from undersign.campaigns.models import Petition, PetitionText
from undersign.campaigns.queries import current_texts
from undersign.messaging.queries.undelivered import undelivered_counts
from undersign.signing.queries.counts import counts_shown
from undersign.web.models import PetitionPage


@dataclass(frozen=True, kw_only=True)
class LanguageGlance:
    """One page of the petition. `text` is what stands before the public, None before the first time."""

    page: PetitionPage
    name: str
    text: PetitionText | None


@dataclass(frozen=True, kw_only=True)
class PetitionGlance:
    """One petition; `at` is the moment it was looked at."""

    petition: Petition
    title: str
    at: datetime
    languages: Sequence[LanguageGlance]
    count: int
    undelivered: int

    @property
    def url(self) -> str:
        """Where its overview is."""
        return reverse("undersign_petitions:overview", args=[self.petition.pk])

    @property
    def state(self) -> str:
        """Its state in a word; a petition whose closing date has passed is closed."""
        state = Petition.State.CLOSED if self.has_run_out else Petition.State(self.petition.state)
        return str(state.label)

    @property
    def has_run_out(self) -> bool:
        """Whether it closed by its date."""
        closes_at = self.petition.closes_at
        return self.petition.state == Petition.State.OPEN and closes_at is not None and closes_at <= self.at

    @property
    def is_open(self) -> bool:
        """Whether somebody could sign it, were nothing paused."""
        return self.petition.state == Petition.State.OPEN and not self.has_run_out

    @property
    def is_live(self) -> bool:
        """Whether a page of it can be read in public."""
        return any(language.page.live for language in self.languages)

    @property
    def main_page(self) -> PetitionPage | None:
        """Its page in its first language, or else in any."""
        return self.languages[0].page if self.languages else None


def glances(petitions: Iterable[Petition], *, at: datetime) -> list[PetitionGlance]:
    """Look at several petitions with one query for each kind of thing."""
    listed = list(petitions)
    ids = [petition.pk for petition in listed]
    counts = counts_shown(ids)
    undelivered = undelivered_counts({petition.organisation_id for petition in listed})
    languages = _languages(listed)
    return [
        PetitionGlance(
            petition=petition,
            title=languages[petition.pk][0].page.title if languages[petition.pk] else petition.slug,
            at=at,
            languages=languages[petition.pk],
            count=counts[petition.pk],
            undelivered=undelivered.get(petition.pk, 0),
        )
        for petition in listed
    ]


def _languages(petitions: Iterable[Petition]) -> defaultdict[int, list[LanguageGlance]]:
    """Return the pages of each petition, its first language first."""
    first = {petition.pk: petition.default_locale for petition in petitions}
    texts = {(text.version.petition_id, text.locale): text for text in current_texts(first)}
    pages = PetitionPage.objects.filter(petition__in=first).order_by("language")
    found: defaultdict[int, list[LanguageGlance]] = defaultdict(list)
    for page in sorted(pages, key=lambda page: page.language != first[page.petition_id]):
        name = str(get_language_info(page.language)["name_translated"])
        text = texts.get((page.petition_id, page.language))
        found[page.petition_id].append(LanguageGlance(page=page, name=name, text=text))
    return found
