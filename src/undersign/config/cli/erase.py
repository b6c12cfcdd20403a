"""undersign erase: forget somebody who asked for it."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import click
from django.conf import settings
from django.db import DatabaseError

from undersign.config.database import database_available, say
from undersign.config.intake import intake_is_empty
from undersign.foundation.keys import KeyRing, KeysError, load_keys
from undersign.foundation.switches import switches
from undersign.signing.queries.holdings import Holding, holding_of
from undersign.supporters.mailbox import (
    Address,
    AddressInvalid,
    AliasRulesUnknown,
    KnownMailbox,
    known_mailbox,
    parse_address,
)
from undersign.supporters.models import Organisation
from undersign.supporters.services.erasing import mailbox_erase

Found = tuple[Organisation, KnownMailbox, Holding]

SPELLINGS = (
    "Addresses spelt otherwise that a provider delivers to the same mailbox were looked for as well "
    "(a.lice+x@gmail.com is alice@gmail.com)."
)


@click.command(name="erase")
@click.argument("email")
@click.option("--organisation", metavar="SLUG", help="Only what this organisation keeps. Else all of them.")
@click.option("--yes", "is_sure", is_flag=True, help="Erase without asking, for scripts.")
@database_available()
def command(email: str, *, organisation: str | None, is_sure: bool) -> None:
    """Forget the person behind EMAIL for good, as they asked: signatures, consents, forms, mails.

    Counts fall by their signatures. It says first how much there is, never a name, and asks. Let EMAIL be “-”
    and type the address when asked, or send it through standard input: command lines end up in histories.

    What stays is a keyed hash, so that no campaign writes to them and no restored backup brings them back.
    Addresses spelt otherwise that a provider delivers to the same mailbox are found. Where nobody is, the
    exit status is 1; doing it twice is harmless.
    """
    address = _address(email)
    try:
        if switches().read_only_at is not None:
            raise click.ClickException("The instance is read-only: nothing is erased. End read-only first.")
        _warn_of_stream()
        found = _find(address, _places(organisation), load_keys(settings.KEYS_FILE))
        _show(found)
        if not is_sure and not click.confirm("Erase this for good?", err=True):
            raise click.ClickException("Nothing was erased.")
        for place, mailbox, _holding in found:
            mailbox_erase(
                mailbox=mailbox, by=None, at=datetime.now(UTC), erasures_file=settings.ERASURES_FILE
            )
            click.echo(f"Erased at {place.name}.")
    except (KeysError, AliasRulesUnknown) as error:
        raise click.ClickException(str(error)) from error
    except DatabaseError as error:
        raise click.ClickException(f"The database cannot be used; run it again later. {error}") from error
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}. Run it again.") from error
    _say_what_stays()


def _address(given: str) -> Address:
    """Check what was given, or ask for it. No error repeats it."""
    if given == "-":
        given = click.prompt("E-mail address", err=True) if sys.stdin.isatty() else sys.stdin.readline()
    try:
        return parse_address(given)
    except AddressInvalid as error:
        raise click.ClickException("That is no e-mail address. It looks like name@example.org.") from error


def _places(slug: str | None) -> list[Organisation]:
    places = Organisation.objects.order_by("name", "pk")
    if slug is None:
        return list(places)
    chosen = list(places.filter(slug=slug))
    if not chosen:
        known = ", ".join(places.values_list("slug", flat=True)) or "none yet"
        raise click.ClickException(f"There is no organisation “{slug}”. There are: {known}.")
    return chosen


def _find(address: Address, places: Sequence[Organisation], ring: KeyRing) -> list[Found]:
    """Look in each organisation. Raises ClickException where nothing is kept or it may not be erased."""
    found: list[Found] = []
    for place in places:
        mailbox = known_mailbox(address, organisation_id=place.pk, index_keys=ring.index_keys)
        holding = holding_of(mailbox)
        if holding is not None:
            found.append((place, mailbox, holding))
    if not found:
        raise click.ClickException(f"Nobody is known by this address, nothing is kept. {SPELLINGS}")
    frozen = [slug for _, _, holding in found for slug in holding.frozen]
    if frozen:
        raise click.ClickException(
            f"They signed a petition that is read-only: {', '.join(frozen)}. Nothing was erased."
        )
    return found


def _show(found: Sequence[Found]) -> None:
    for place, _mailbox, held in found:
        parts = {
            "signatures": held.signatures,
            "answers about consent": held.consents,
            "forms not confirmed": held.waiting,
            "mails, waiting or noted as sent": held.mails,
        }
        listed = ", ".join(f"{label}: {count}" for label, count in parts.items() if count)
        click.echo(f"{place.name} ({place.slug}), since {held.since:%Y-%m-%d}: {listed or 'a mailbox'}")


def _warn_of_stream() -> None:
    if settings.INTAKE is not None and not asyncio.run(intake_is_empty(settings.INTAKE)):
        say("Forms wait in the stream of the intake, where nobody can be found: run this again later, too.")


def _say_what_stays() -> None:
    say(f"A keyed hash stays, here and in {settings.ERASURES_FILE}: keep that file beside your backups.")
    say("Downloads that organisers made, and mails kept where no mail server is set, go within a day.")
