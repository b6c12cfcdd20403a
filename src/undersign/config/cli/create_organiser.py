"""undersign create-organiser: the first person who can log in."""

import sys
from datetime import UTC, datetime

import click
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from undersign.config.database import database_available, say
from undersign.supporters.errors import Refused
from undersign.supporters.models import Membership, Organisation, Role
from undersign.supporters.services import (
    OrganisationProfile,
    account_ensure,
    account_make_operator,
    account_password_set,
    membership_add,
    membership_change,
    organisation_create,
)

LANGUAGES = [code for code, _ in settings.LANGUAGES]


@click.command(name="create-organiser")
@click.option("--email", prompt="E-mail address to log in with", help="Whom to make an organiser.")
@click.option("--organisation", prompt="Name of the organisation", help="Founded if it is not there.")
@click.option("--postal-address", help="Of a new organisation; stands under every mail.")
@click.option("--sender", help="For a new organisation: the address its mails come from. Else --email.")
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, one line.")
@click.option("--operator", is_flag=True, help="Let this person run the whole instance as well.")
@database_available()
def command(  # noqa: PLR0913 -- one parameter for each option
    *,
    email: str,
    organisation: str,
    postal_address: str | None,
    sender: str | None,
    language: str,
    password_stdin: bool,
    operator: bool,
) -> None:
    """Make somebody an organiser: they write, publish, invite others and download signatures.

    What is missing is asked for. Running it again changes nothing but the password, if one is given.
    """
    at = datetime.now(UTC)
    try:
        with transaction.atomic():
            user = account_ensure(email=email, at=at)
            _give_password(user=user, from_stdin=password_stdin, at=at)
            place = _find(organisation) or organisation_create(
                profile=_profile(organisation, postal_address, sender or user.email, language), by=None, at=at
            )
            _make_organiser(user=user, organisation=place, at=at)
            if operator:
                account_make_operator(user=user, by=None, at=at)
    except Refused as problem:
        raise click.ClickException(str(problem)) from problem
    except ValidationError as problem:
        raise click.ClickException("\n".join(problem.messages)) from problem
    _say_what_next(user=user, organisation=place)


def _find(name: str) -> Organisation | None:
    found = list(Organisation.objects.filter(name__iexact=name.strip())[:2])
    if len(found) > 1:
        message = f"More than one organisation is called “{name}”. Rename one of them first."
        raise click.ClickException(message)
    return found[0] if found else None


def _profile(name: str, postal_address: str | None, sender: str, language: str) -> OrganisationProfile:
    say(f"“{name.strip()}” is not there yet: it will be founded.")
    address = postal_address or click.prompt(
        "Its postal address, on one line (stands under every mail)", err=True
    )
    return OrganisationProfile(
        name=name.strip(),
        postal_address=address.replace(", ", "\n"),
        sender_name=name.strip(),
        sender_email=sender,
        default_locale=language,
    )


def _give_password(*, user: User, from_stdin: bool, at: datetime) -> None:
    """Take the password from standard input, or ask for one if the account has none yet."""
    if from_stdin:
        account_password_set(user=user, password=sys.stdin.readline().rstrip("\r\n"), by=None, at=at)
        return
    while not user.has_usable_password():
        password = click.prompt(
            "Password (12 characters or more)", hide_input=True, confirmation_prompt="Once more", err=True
        )
        try:
            account_password_set(user=user, password=password, by=None, at=at)
        except ValidationError as problem:
            say("\n".join(problem.messages))


def _make_organiser(*, user: User, organisation: Organisation, at: datetime) -> None:
    if Membership.objects.filter(organisation=organisation, user=user).exists():
        membership_change(organisation=organisation, user=user, role=Role.ORGANISER, by=None, at=at)
    else:
        membership_add(organisation=organisation, email=user.username, role=Role.ORGANISER, by=None, at=at)


def _say_what_next(*, user: User, organisation: Organisation) -> None:
    click.echo(f"{user.username} is an organiser of {organisation.name}.")
    click.echo(f"Next: log in at {settings.BASE_URL}{reverse('wagtailadmin_home')}")
    if not organisation.notices.exists():
        click.echo("      and write the privacy notice under Settings before you publish a petition.")
