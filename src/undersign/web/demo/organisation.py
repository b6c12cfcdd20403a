"""The demo's organisation, founded through the services that found every organisation."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.contrib.auth.models import User

from undersign.supporters.models import Organisation, Role
from undersign.supporters.services import (
    OrganisationProfile,
    ask_change,
    ask_create,
    membership_add,
    notice_write,
    organisation_create,
    wording_write,
)
from undersign.web.models import Branding, OrganisationPage

FOLDER = Path(__file__).parent
SLUG = "open-faces"
LOGIN = "noor@open-faces.example"


def demo_organisation(*, at: datetime) -> Organisation:
    """Return the demo's organisation; found it, with its notices, consents and colour, if it is not there."""
    known = Organisation.objects.filter(slug=SLUG).first()
    if known is not None:
        return known
    words: Mapping[str, Any] = yaml.safe_load((FOLDER / "organisation.yaml").read_text(encoding="utf-8"))
    profile = OrganisationProfile(
        name=words["name"],
        postal_address=words["postal-address"],
        sender_name=words["sender-name"],
        sender_email=words["sender-email"],
    )
    organisation = organisation_create(profile=profile, by=None, at=at)
    for locale, texts in words["notices"].items():
        notice_write(organisation=organisation, locale=locale, texts=texts, by=None, at=at)
    for consent in words["consents"]:
        _consent(organisation, consent, at=at)
    Branding.objects.update_or_create(organisation=organisation, defaults={"accent": words["accent"]})
    _introduce(organisation, words["intro"]["en"])
    return organisation


def _consent(organisation: Organisation, consent: Mapping[str, Any], *, at: datetime) -> None:
    ask = ask_create(
        organisation=organisation, purpose=consent["purpose"], channel=consent["channel"], by=None, at=at
    )
    ask_change(ask=ask, is_default=consent["is-default"], by=None, at=at)
    for locale, text in consent["wordings"].items():
        wording_write(ask=ask, locale=locale, text=text, by=None, at=at)


def _introduce(organisation: Organisation, intro: str) -> None:
    page = OrganisationPage.objects.get(organisation=organisation)
    page.intro = f"<p>{intro}</p>"
    page.save_revision().publish()


def demo_organiser(*, organisation: Organisation, at: datetime) -> str:
    """Give the organisation somebody to log in as; return the password, "" if it was given before."""
    if User.objects.filter(username=LOGIN).exists():
        return ""
    user = membership_add(organisation=organisation, email=LOGIN, role=Role.ORGANISER, by=None, at=at).user
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    user.first_name, user.last_name = "Noor", "Lindqvist"
    user.save()
    return password
