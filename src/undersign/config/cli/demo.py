"""undersign demo: something to look at."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from django.conf import settings
from django.contrib.auth.models import User
from procrastinate.contrib.django.utils import connector_params
from psycopg import AsyncConnection

from undersign.config.database import database_available
from undersign.config.progress import progress_bar
from undersign.foundation.keys.file import load_keys
from undersign.signing.identity import signing_keys
from undersign.signing.queries.petitions import signable_petitions
from undersign.signing.services.tallies import tallies_fold
from undersign.supporters.models import Organisation
from undersign.web.demo.organisation import FOLDER, LOGIN, SLUG, demo_organisation, demo_organiser
from undersign.web.demo.people import people
from undersign.web.demo.signatures import demo_signatures
from undersign.web.exchange.importing import STEPS, Imported, petitions_import


@dataclass(frozen=True)
class Crowd:
    """How many signed, over how many days, and how long ago the last one did."""

    number: int
    days: float
    last: timedelta = timedelta(minutes=4)


CROWDS: Mapping[str, Crowd] = {
    "not-your-training-data": Crowd(438, 24),
    "a-station-without-scanners": Crowd(3184, 75, timedelta(days=12)),
    "do-not-sell-us-out": Crowd(7, 0.4),
    "no-cameras-in-class": Crowd(96, 9),
}


@click.command(name="demo")
@click.option(
    "--if-empty", is_flag=True, help="Do nothing where the demo is whole or another organisation exists."
)
@database_available()
def command(*, if_empty: bool) -> None:
    """Load a demo: an organisation, four campaigns in three languages, and people who signed them.

    Everything in it is invented. It is safe to run again: what is there stays as it is, signatures included.
    """
    if if_empty and is_in_use():
        return
    began, at = time.monotonic(), datetime.now(UTC)
    organisation = demo_organisation(at=at)
    files = sorted(FOLDER.glob("*/petition.*.md"))
    with progress_bar("Petitions (steps)", total=len(files) * STEPS) as progress:
        imported = petitions_import(paths=files, is_published=True, at=at, progress=progress)
    number = asyncio.run(sign(at))
    # Last, so that a password is never made without being shown.
    password = demo_organiser(organisation=organisation, at=at)
    tell(imported, password=password)
    click.echo(f"{number:,} signatures were added. All in {time.monotonic() - began:.1f} s.")


def is_in_use() -> bool:
    """Say whether this instance has an organisation, other than a demo whose loading was interrupted."""
    has_another = Organisation.objects.exclude(slug=SLUG).exists()
    return has_another or User.objects.filter(username=LOGIN).exists()


async def sign(at: datetime) -> int:
    """Sign the petitions that nobody has signed yet; return how many signatures were added."""
    number = 0
    async with await AsyncConnection.connect(**connector_params(), autocommit=True) as connection:
        keys = await signing_keys(connection, load_keys(settings.KEYS_FILE))
        for petition in (await signable_petitions(connection, at=at)).values():
            crowd = CROWDS.get(petition.slug)
            if crowd is None or await is_signed(connection, petition.id):
                continue
            signers = people(number=crowd.number, until=at - crowd.last, days=crowd.days, seed=petition.slug)
            async with connection.transaction():
                number += await demo_signatures(connection, list(signers), petition=petition, keys=keys)
        await tallies_fold(connection, at=at)
    return number


async def is_signed(connection: AsyncConnection[Any], petition_id: int) -> bool:
    """Say whether anybody has signed a petition."""
    cursor = await connection.execute(
        b"SELECT EXISTS (SELECT FROM signing_signature WHERE petition_id = %s)", (petition_id,)
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


def tell(imported: Sequence[Imported], *, password: str) -> None:
    """Print what to open and how to log in."""
    click.echo("The demo is there. With `undersign up` running, open")
    for each in imported:
        click.echo(f"  {each.page.title}\n    {settings.BASE_URL}{each.page.url}")
    click.echo(f"Log in at {settings.BASE_URL}/admin/ as {LOGIN}")
    said = (
        f"with the password {password} (it is not shown again)" if password else "with the password you have"
    )
    click.echo(f"  {said}.")
