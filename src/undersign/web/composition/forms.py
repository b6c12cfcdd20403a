"""The signing form as a page shows it: what it asks, what was typed, what is wrong with it, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django_countries import countries

from undersign.campaigns.models import Petition
from undersign.campaigns.queries import current_texts
from undersign.signing.forms import FieldError
from undersign.supporters.models import ConsentAsk
from undersign.supporters.queries import current_wordings
from undersign.web.models import PetitionPage
from undersign.web.presentation import fields as shown
from undersign.web.presentation.form import ConsentChoice, DisplayChoice, SignForm


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that came in and was not taken: what was typed, and what is wrong with it."""

    values: Mapping[str, str]
    errors: Sequence[FieldError] = ()
    problem: str = ""
    messages: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Put the errors into words, in the language that is active."""
        messages = {error.field: error_message(error) for error in self.errors}
        object.__setattr__(self, "messages", messages)

    def value(self, name: str) -> str:
        """Return what was typed into a control."""
        return self.values.get(name, "")

    def error(self, name: str) -> str:
        """Return what is wrong with a control; empty if nothing."""
        return self.messages.get(name, "")


EMPTY = Filled({})


def sign_form(page: PetitionPage, filled: Filled | None) -> SignForm:
    """Make the form of a petition's page, in the language that is active."""
    petition, given = page.petition, filled or EMPTY
    text = current_texts([petition.id]).filter(locale=page.language).first()
    return SignForm(
        name=_filled(shown.name_field(), given),
        email=_filled(shown.email_field(), given),
        display=DisplayChoice(value=given.value("display"), error=given.error("display")),
        extra=tuple(_filled(each, given) for each in _extra_fields(petition)),
        consents=tuple(_consents(petition, page.language, given)),
        text_version=str(text.id) if text else "",
        minimum_age=petition.organisation.minimum_age,
        problem=given.problem,
    )


def _extra_fields(petition: Petition) -> list[shown.Field]:
    off, required = Petition.Field.OFF, Petition.Field.REQUIRED
    made = []
    if petition.country != off:
        made.append(shown.country_field(options=list(countries), is_required=petition.country == required))
    if petition.postcode != off:
        made.append(shown.postcode_field(is_required=petition.postcode == required))
    if petition.phone != off:
        made.append(shown.phone_field(is_required=petition.phone == required))
    if petition.reason != off:
        made.append(shown.reason_field(is_required=petition.reason == required))
    return made


def _filled(each: shown.Field, given: Filled) -> shown.Field:
    return each.filled(value=given.value(each.name), error=given.error(each.name))


def _consents(petition: Petition, language: str, given: Filled) -> Iterator[ConsentChoice]:
    """Ask what the petition asks for itself, or else its organisation's defaults; never without words."""
    chosen = petition.consent_asks.all() if petition.pk else ()  # a preview before the first save has no row
    asks = chosen or petition.organisation.consent_asks.filter(is_default=True)
    for ask in asks.order_by("id"):
        wordings = {wording.locale: wording for wording in current_wordings(ask)}
        wording = wordings.get(language) or wordings.get(petition.organisation.default_locale)
        if wording is not None:
            name = f"consent_{ask.id}"
            yield ConsentChoice(
                channel=str(ask.id),
                question=_consent_question(ask),
                wording=wording.text,
                wording_version=str(wording.id),
                value=given.value(name),
                error=given.error(name),
            )


def _consent_question(ask: ConsentAsk) -> str:
    questions = {
        "email": _("May we write to you by e-mail?"),
        "sms": _("May we send you text messages?"),
    }
    return questions[ask.channel]


def error_message(error: FieldError) -> str:
    """Say what is wrong with a field and what to do, in the language that is active."""
    messages = {**_general_messages(), **_messages_of(error.field.partition("_")[0])}
    return messages.get(error.code, messages["unknown"])


def body_message(status: int) -> str:
    """Say what was wrong with a form as a whole (400, 413 or 415), in the language that is active."""
    messages = {
        400: _("There was more in this than the form asks for. Nothing is sent yet."),
        413: _("That was more than a form can hold. Nothing is sent yet, and what was too long is cut."),
        415: _("Your browser sent something that we could not read as a form. Nothing is sent yet."),
    }
    what_to_do = _("Please check it and send it again.")
    return f"{messages[status]} {what_to_do}"


def _general_messages() -> dict[str, str]:
    return {
        "unknown": _("Please check this."),
        "missing": _("Please fill this in."),
        "too_long": _("This is too long. Please shorten it."),
        "nul": _("There is a character in it that cannot be used. Please type it again."),
        "surrogate": _("There is a character in it that cannot be used. Please type it again."),
        "wording_changed": _("The words beside this have just changed. Please read them and choose again."),
    }


def _messages_of(name: str) -> dict[str, str]:
    address = _("Please write your whole address, such as name@example.org.")
    messages = {
        "name": {
            "missing": _("Please write your name."),
            "no_letters": _("Please write your name in letters."),
            "link": _("Please write your name, without a link."),
        },
        "email": {
            "missing": _("Please write your e-mail address: the link to confirm goes there."),
            "empty": address,
            "no_at": _("There is no @ in this address. Please check it."),
            "local": address,
            "domain": _("Please check what stands behind the @."),
        },
        "display": {
            "missing": _("Please choose how your name is shown."),
            "unknown": _("Please choose one."),
        },
        "consent": {"missing": _("Please choose yes or no."), "unknown": _("Please choose yes or no.")},
        "country": {"missing": _("Please choose your country."), "unknown": _("Please choose your country.")},
        "postcode": {
            "missing": _("Please write your postcode."),
            "postcode": _("Please check the postcode."),
        },
        "phone": {
            "missing": _("Please write your phone number."),
            "phone": _("Please check the number. From abroad it begins with + and the country code."),
        },
        "reason": {"missing": _("Please say why you are signing.")},
    }
    return messages.get(name, {})
