"""The petition page."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from django.utils.safestring import SafeString

from undersign.web.presentation.count import CountSlot, ProgressSlot
from undersign.web.presentation.form import SignForm
from undersign.web.presentation.frame import NO_HTML, Page, Picture
from undersign.web.presentation.kept import KeptAnswer
from undersign.web.presentation.names import NamesSlot
from undersign.web.presentation.share import ShareView
from undersign.web.presentation.story import Block


class State(StrEnum):
    """Where a petition stands."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The state, since when, and what was answered or why it paused (sanitised HTML).

    `closes_on` is the last day to sign, shown while the petition is open.
    """

    state: State = State.OPEN
    since: date | None = None
    words: SafeString = NO_HTML
    closes_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetView:
    """Who is asked, and what they have done so far."""

    name: str
    role: str = ""
    organisation: str = ""
    so_far: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterView:
    """What is signed: a salutation and sanitised HTML."""

    salutation: str
    body: SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """What a claim rests on."""

    title: str
    url: str
    publisher: str = ""
    published_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """The campaigner who answers for the petition with their name."""

    name: str
    role: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextVersion:
    """Which text this is."""

    number: int
    published_on: date
    versions_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionPage(Page):
    """A petition. `form` is None unless it can be signed now; `removed` are signatures taken off.

    `kept` is what was typed into a form that came too late.
    """

    template: ClassVar[str] = "undersign/petition.html"
    title: str
    ask: str
    targets: tuple[TargetView, ...]
    letter: LetterView
    count: CountSlot
    progress: ProgressSlot
    names: NamesSlot
    names_url: str
    count_url: str
    share: ShareView
    version: TextVersion
    removed: int = 0
    standing: Standing = Standing()
    form: SignForm | None = None
    kept: tuple[KeptAnswer, ...] = ()
    photo: Picture | None = None
    photo_url: str = ""
    goal: str = ""
    demand: str = ""
    story: tuple[Block, ...] = ()
    sources: tuple[SourceView, ...] = ()
    sign_off: SignOff | None = None
    structured_data: SafeString = NO_HTML

    @property
    def title_class(self) -> str:
        """Smaller type for long headlines, so that the form stays within reach."""
        length = len(self.title)
        return "title--longest" if length > 90 else "title--long" if length > 50 else ""
