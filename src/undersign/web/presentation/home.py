"""An organisation's petitions, or an instance's."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.safestring import SafeString

from undersign.web.presentation.frame import NO_HTML, Page, Picture
from undersign.web.presentation.petition import State


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionCard:
    """A petition on a list. `organisation` is named where several share the page."""

    title: str
    ask: str
    url: str
    total: int
    goal: int
    state: State = State.OPEN
    photo: Picture | None = None
    organisation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage(Page):
    """Open petitions first, then those won, then those that ended."""

    template: ClassVar[str] = "undersign/home.html"
    heading: str
    introduction: SafeString = NO_HTML
    petitions: tuple[PetitionCard, ...] = ()

    def _in(self, *states: State) -> tuple[PetitionCard, ...]:
        return tuple(card for card in self.petitions if card.state in states)

    @property
    def open(self) -> tuple[PetitionCard, ...]:
        """Those that can be signed, now or again soon."""
        return self._in(State.OPEN, State.PAUSED)

    @property
    def won(self) -> tuple[PetitionCard, ...]:
        """Those that reached what they asked for."""
        return self._in(State.WON)

    @property
    def ended(self) -> tuple[PetitionCard, ...]:
        """Those that were closed or lost."""
        return self._in(State.CLOSED, State.LOST)
