"""What a document asks of this instance: its organisation, languages, consents, and its address."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from undersign.campaigns.models import Petition
from undersign.supporters.models import ConsentAsk, Organisation
from undersign.web.exchange.document import ConsentAsked, PetitionDocument
from undersign.web.exchange.errors import Report
from undersign.web.models import OrganisationPage


@dataclass(frozen=True, slots=True)
class Given:
    """One file that was read, and where its problems go."""

    path: Path
    document: PetitionDocument
    report: Report


def givens_check(givens: Sequence[Given]) -> None:
    """Note what stands against each file, alone and beside the others."""
    seen: dict[tuple[str, str], str] = {}
    first = {g.document.slug: g.document.locale for g in givens if g.document.settings is not None}
    for given in givens:
        twin = seen.setdefault((given.document.slug, given.document.locale), str(given.path))
        if twin != str(given.path):
            given.report.add(f"{twin} has this slug in this language already", key="slug")
        _language_check(given)
        organisation = _organisation(given)
        if organisation is not None:
            _address_check(given, organisation, first.get(given.document.slug, ""))
            _consents_check(given, organisation)


def _language_check(given: Given) -> None:
    languages = [code for code, _ in settings.LANGUAGES]
    if given.document.locale and given.document.locale not in languages:
        given.report.add(
            f"this site has no such language; expected one of {', '.join(languages)}", key="locale"
        )


def _organisation(given: Given) -> Organisation | None:
    document = given.document
    organisation = Organisation.objects.filter(slug=document.organisation).first()
    if organisation is None:
        known = ", ".join(Organisation.objects.order_by("slug").values_list("slug", flat=True)[:20])
        message = (
            f"there is no organisation “{document.organisation}” here; expected one of: {known or 'none yet'}"
        )
        given.report.add(message, key="organisation")
    elif not OrganisationPage.objects.filter(organisation=organisation).exists():
        given.report.add(f"{organisation.name} has no page yet; make one first", key="organisation")
    return organisation


def _address_check(given: Given, organisation: Organisation, first_here: str) -> None:
    document = given.document
    petition = Petition.objects.filter(slug=document.slug).select_related("organisation").first()
    if petition and petition.organisation_id != organisation.pk:
        given.report.add("another organisation has this address", key="slug")
    first = petition.default_locale if petition else first_here
    if document.settings is not None and first and first != document.locale:
        given.report.add(
            f"the petition's first language is {first}; expected translation-of: {first}", key="locale"
        )
    if document.translation_of and document.translation_of != first:
        message = f"expected {first}" if first else "there is no petition with this slug to translate"
        given.report.add(message, key="translation-of")


def _consents_check(given: Given, organisation: Organisation) -> None:
    wanted = given.document.settings.consents if given.document.settings else ()
    for asked in wanted:
        if consent_ask(organisation, asked) is None:
            asks = ConsentAsk.objects.filter(organisation=organisation).order_by("purpose", "channel")
            known = ", ".join(f"{ask.purpose} ({ask.channel})" for ask in asks)
            given.report.add(
                f"{organisation.name} does not ask for {asked.purpose} ({asked.channel}); "
                f"expected one of: {known or 'none yet'}",
                key="consents",
            )


def consent_ask(organisation: Organisation, asked: ConsentAsked) -> ConsentAsk | None:
    """Find one of an organisation's consents."""
    asks = ConsentAsk.objects.filter(organisation=organisation, purpose=asked.purpose, channel=asked.channel)
    return asks.first()
