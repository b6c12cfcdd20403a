"""The fields a petition may ask for, each with the keyboard and autocomplete that fit it (WCAG 1.3.5)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One labelled control. `kind` is an input type, or `select` (with `options`) or `textarea`."""

    name: str
    label: Text
    kind: str = "text"
    autocomplete: str = "off"
    max_length: int = 200
    is_required: bool = True
    help: Text = ""
    options: tuple[tuple[str, str], ...] = ()
    value: str = ""
    error: str = ""

    @property
    def described_by(self) -> str:
        """The ids of the help and the error, for `aria-describedby`."""
        parts = (f"{self.name}-help" if self.help else "", f"{self.name}-error" if self.error else "")
        return " ".join(part for part in parts if part)

    def filled(self, *, value: str, error: str = "") -> "Field":
        """Return the same field with what was typed and what is wrong with it."""
        return replace(self, value=value, error=error)


def name_field() -> Field:
    """Ask for first and last name in one field: people know how theirs is written."""
    return Field(name="name", label=_("Your name"), autocomplete="name")


def email_field() -> Field:
    """Ask where the link to confirm should go."""
    help_text = _("We send one mail there. Your signature counts once you confirm it.")
    return Field(
        name="email",
        label=_("Your e-mail"),
        kind="email",
        autocomplete="email",
        max_length=254,
        help=help_text,
    )


def country_field(*, options: Iterable[tuple[str, str]], is_required: bool) -> Field:
    """Ask for the country, chosen from (code, name in the page's language)."""
    return Field(
        name="country",
        label=_("Country"),
        kind="select",
        autocomplete="country",
        is_required=is_required,
        options=tuple(options),
    )


def postcode_field(*, is_required: bool) -> Field:
    """Ask for the postcode as people write it; it may hold letters."""
    return Field(
        name="postcode",
        label=_("Postcode"),
        autocomplete="postal-code",
        max_length=20,
        is_required=is_required,
    )


def phone_field(*, is_required: bool) -> Field:
    """Ask for a telephone number, with or without its country code."""
    return Field(
        name="phone", label=_("Phone"), kind="tel", autocomplete="tel", max_length=40, is_required=is_required
    )


def reason_field(*, is_required: bool) -> Field:
    """Ask why somebody signs, in their words: for the campaign and those it addresses, not for the public."""
    return Field(
        name="reason",
        label=_("Why are you signing?"),
        kind="textarea",
        max_length=500,
        is_required=is_required,
        help=_("The campaign reads it and hands it over with the petition. It is not published."),
    )
