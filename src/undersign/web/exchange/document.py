"""A petition in one language as a file holds it: what can be written, nothing that can only happen."""

from dataclasses import dataclass
from datetime import date, datetime

from undersign.web.exchange.prose import Prose
from undersign.web.exchange.story import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """The picture at the top. `focal` is the point to keep in view, in percent from the left and the top."""

    file: str
    alt: str
    credit: str = ""
    focal: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Who is asked, and what they have done so far."""

    name: str
    role: str = ""
    organisation: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a claim rests on."""

    title: str
    publisher: str = ""
    published_on: date | None = None
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """The campaigner who answers for the petition with their name."""

    name: str
    role: str = ""
    words: str = ""  # may hold line breaks


@dataclass(frozen=True, slots=True, order=True)
class ConsentAsked:
    """One of the consents an organisation asks for, by its purpose and channel."""

    purpose: str
    channel: str = "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionSettings:
    """What holds for the petition in every language; only the first language's file has it.

    Fields say "off", "optional" or "required". No consents: those the organisation asks by default.
    """

    country: str = "off"
    postcode: str = "off"
    phone: str = "off"
    reason: str = "off"
    consents: tuple[ConsentAsked, ...] = ()
    names_per_mailbox: int = 1
    closes_at: datetime | None = None
    retention_days: int | None = None
    state: str = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionDocument:
    """One petition file. `settings` is None in a translation, which says what it translates."""

    slug: str
    locale: str
    organisation: str
    title: str
    ask: str
    translation_of: str = ""
    goal: str = ""
    photo: Photo | None = None
    credits: tuple[tuple[str, str], ...] = ()
    targets: tuple[Target, ...]
    salutation: str = ""
    letter: Prose
    story: Story = ()
    sources: tuple[Source, ...] = ()
    sign_off: SignOff | None = None
    thank_you: Prose = ()
    outcome: Prose = ()
    settings: PetitionSettings | None = None
