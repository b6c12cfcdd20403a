"""The form: what it asks, what was typed, what is wrong with it."""

from dataclasses import dataclass, field
from enum import StrEnum

from undersign.web.presentation.fields import Field

HONEYPOT = "reference"  # people leave it empty because they do not see it; not a name that browsers autofill


class Display(StrEnum):
    """How a signer may appear in public. None of them is preselected."""

    FULL = "full"
    INITIAL = "initial"
    ANONYMOUS = "anonymous"


class Answer(StrEnum):
    """The two answers to a question about consent."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayChoice:
    """The choice beside the name field; `value` stays empty until somebody chose."""

    value: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChoice:
    """One question about one channel (`email`, `sms`), in the exact wording that will be kept."""

    channel: str
    question: str
    wording: str
    wording_version: str
    value: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormError:
    """One line of the error summary, with the id of the control it is about."""

    control: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignForm:
    """The whole form. It has no action: it posts to the page's own address, query string included.

    Control names: `name`, `display`, `email`, those of `extra`, `consent_<channel>`, and hidden
    `wording_<channel>`, `text_version`, `source` and the honeypot. `problem` is about the form as a whole.
    """

    name: Field
    email: Field
    text_version: str
    display: DisplayChoice = field(default_factory=DisplayChoice)
    extra: tuple[Field, ...] = ()
    consents: tuple[ConsentChoice, ...] = ()
    minimum_age: int = 0
    source: str = ""
    problem: str = ""

    @property
    def errors(self) -> tuple[FormError, ...]:
        """Every error in the order of the controls."""
        pairs = [
            (self.name.name, self.name.error),
            ("display_full", self.display.error),
            (self.email.name, self.email.error),
            *((each.name, each.error) for each in self.extra),
            *((f"consent_{each.channel}_yes", each.error) for each in self.consents),
        ]
        return tuple(FormError(control=control, message=error) for control, error in pairs if error)

    @property
    def typed(self) -> tuple[tuple[str, str], ...]:
        """Names and values of everything typed or chosen, to carry through pages that only repeat it."""
        pairs = [
            (self.name.name, self.name.value),
            ("display", self.display.value),
            (self.email.name, self.email.value),
            *((each.name, each.value) for each in self.extra),
            *((f"consent_{each.channel}", each.value) for each in self.consents),
            *((f"wording_{each.channel}", each.wording_version) for each in self.consents),
            ("text_version", self.text_version),
            ("source", self.source),
        ]
        return tuple((name, value) for name, value in pairs if value)
