"""The form a visitor signs with: what may be typed into each field, and what is wrong with what was.

Plain functions without Django's forms: this is the hot path, and it runs on the event loop.
Errors are codes; the page that shows them has the words.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import phonenumbers
from django_countries.data import COUNTRIES

from undersign.foundation.text import TextRefused, clean_line, clean_text
from undersign.signing.models import Display
from undersign.signing.payload import Answer, AttemptPayload, SignerDetails
from undersign.signing.queries.petitions import AskedConsent, SignablePetition
from undersign.supporters.mailbox import AddressInvalid, parse_address

MAX_NAME = 100
MAX_POSTCODE = 16
MAX_PHONE = 30
MAX_REASON = 500
MAX_SOURCE = 100

# A field that people do not see; whoever fills it in is a machine.
HONEYPOT = "reference"

SOURCE_PARAMETERS = ("source", "utm_source")
_SOURCE = re.compile(r"[^\w.\-]+")
_DISPLAYS = frozenset(Display.values)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field, as a code such as “missing” or “too_long”."""

    field: str
    code: str


class FormRefused(Exception):
    """The form cannot be taken as it is; `errors` are in the order of the fields."""

    def __init__(self, errors: list[FieldError]) -> None:
        self.errors = errors
        super().__init__(", ".join(f"{e.field}: {e.code}" for e in errors))


class _Reading:
    """One reading of a posted form, gathering errors as it goes."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.errors: list[FieldError] = []

    def read(self, field: str, parse: Callable[[str], str], *, is_required: bool = True) -> str:
        value = self.values.get(field, "").strip()
        if not value:
            if is_required:
                self.errors.append(FieldError(field, "missing"))
            return ""
        try:
            return parse(value)
        except TextRefused as refused:
            self.errors.append(FieldError(field, refused.code))
        except AddressInvalid as invalid:
            self.errors.append(FieldError(field, invalid.code))
        return ""

    def read_as_asked(self, field: str, parse: Callable[[str], str], petition: SignablePetition) -> str:
        """Read a field that a petition may leave out; what was not asked is not kept."""
        if petition.fields[field] == "off":
            return ""
        return self.read(field, parse, is_required=petition.fields[field] == "required")


def form_read(values: Mapping[str, str], *, petition: SignablePetition, locale: str) -> AttemptPayload:
    """Read a posted form. Raises FormRefused with everything that is wrong with it."""
    reading = _Reading(values)
    name = reading.read("name", _name)
    email = reading.read("email", _email)
    display = reading.read("display", _display)
    country = reading.read_as_asked("country", _country, petition)
    details = SignerDetails(
        name=name,
        country=country,
        postcode=reading.read_as_asked("postcode", _postcode, petition),
        phone=reading.read_as_asked("phone", _phone_in(country or _region_of(locale)), petition),
        reason=reading.read_as_asked("reason", _reason, petition),
    )
    answers = tuple(_answer(reading, consent) for consent in petition.consents if consent.wordings)
    if reading.errors:
        raise FormRefused(reading.errors)
    return AttemptPayload(email=email, display=display, details=details, answers=answers)


def source_of(query: Mapping[str, str]) -> str:
    """Give the link that brought a visitor, from the query string; anything odd becomes “-”."""
    for parameter in SOURCE_PARAMETERS:
        if value := query.get(parameter, ""):
            return _SOURCE.sub("-", value)[:MAX_SOURCE]
    return ""


def _name(text: str) -> str:
    name = clean_line(text, max_length=MAX_NAME)
    if not any(character.isalpha() for character in name):
        raise TextRefused("no_letters")
    if "://" in name or "www." in name.casefold():
        raise TextRefused("link")
    return name


def _email(text: str) -> str:
    return parse_address(clean_line(text, max_length=254)).deliver_to


def _display(text: str) -> str:
    if text not in _DISPLAYS:
        raise TextRefused("unknown")
    return text


def _country(text: str) -> str:
    if text not in COUNTRIES:
        raise TextRefused("unknown")
    return text


def _postcode(text: str) -> str:
    postcode = clean_line(text, max_length=MAX_POSTCODE).upper()
    if not any(character.isalnum() for character in postcode):
        raise TextRefused("postcode")
    return postcode


def _phone_in(region: str | None) -> Callable[[str], str]:
    def parse(text: str) -> str:
        try:
            number = phonenumbers.parse(clean_line(text, max_length=MAX_PHONE), region)
        except phonenumbers.NumberParseException:
            raise TextRefused("phone") from None
        if not phonenumbers.is_valid_number(number):
            raise TextRefused("phone")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    return parse


def _region_of(locale: str) -> str | None:
    """Guess the country of a number without a prefix: only where a language has one home."""
    return {"de": "DE"}.get(locale)


def _reason(text: str) -> str:
    return clean_text(text, max_length=MAX_REASON)


def _answer(reading: _Reading, consent: AskedConsent) -> Answer:
    """Read one consent: a choice is required, and it must be about words that are still being asked."""
    field = f"consent_{consent.id}"
    choice = reading.read(field, _choice)
    shown = reading.values.get(f"wording_{consent.id}", "")
    # The newest two of each language may be answered: a page some seconds old still shows the one before.
    allowed = {str(id_): id_ for wordings in consent.wordings.values() for id_ in wordings[:2]}
    if choice and shown not in allowed:
        reading.errors.append(FieldError(field, "wording_changed"))
    return Answer(allowed.get(shown, 0), choice == "yes")


def _choice(text: str) -> str:
    if text not in {"yes", "no"}:
        raise TextRefused("unknown")
    return text
