"""What was typed into a form that cannot be sent any more, to be read and copied."""

from collections.abc import Mapping

from django_countries import countries

from undersign.web.presentation import fields as shown
from undersign.web.presentation.kept import KeptAnswer


def kept_answers(values: Mapping[str, str]) -> tuple[KeptAnswer, ...]:
    """List what somebody wrote, in the order of the form and the language that is active."""
    fields = (
        shown.name_field(),
        shown.email_field(),
        shown.country_field(options=(), is_required=False),
        shown.postcode_field(is_required=False),
        shown.phone_field(is_required=False),
        shown.reason_field(is_required=False),
    )
    return tuple(
        KeptAnswer(label=str(each.label), value=_in_words(each.name, values[each.name]))
        for each in fields
        if values.get(each.name, "").strip()
    )


def _in_words(name: str, value: str) -> str:
    """Give a value as its writer knows it: a country by its name."""
    return str(countries.name(value) or value) if name == "country" else value
