"""Fill an instance with signatures: `python -m bench.fill SIGNATURES [--supporters N]`.

Run in the instance's environment, see `Stage.run_module`. The first sign and confirm by the services that
the site uses, in large batches, so their rows are as real as any: sealed, with events, answers and a tally.
Attempts and mails are taken away afterwards, as time would. All others are copies, see multiply.py. Where
there are fewer supporters than signatures, they sign the organisation's other open petitions too.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from itertools import islice

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "undersign.config.settings")

import django

django.setup()

import click
import psycopg
from django.conf import settings
from psycopg import AsyncConnection

from bench.multiply import multiply
from bench.people import people
from bench.stage import SLUG
from undersign.config.connections import conninfo
from undersign.foundation.keys.file import load_keys
from undersign.signing.identity import signing_keys
from undersign.signing.queries.petitions import signable_petitions
from undersign.signing.services.tallies import tallies_fold
from undersign.web.demo.people import Person
from undersign.web.demo.signatures import demo_signatures

PROCESSES = 2
AT_ONCE = 5_000
DISPLAYS = ("full", "full", "initial", "anonymous")
REAL = 20_000  # by the services; more are copies


@click.command()
@click.argument("signatures", type=int)
@click.option("--supporters", type=int, help="How many people sign; as many as signatures unless said.")
def main(signatures: int, supporters: int | None) -> None:
    """Add so many confirmed signatures."""
    real = min(signatures, REAL)
    with ProcessPoolExecutor(PROCESSES) as pool:
        share = -(-real // PROCESSES)
        list(pool.map(fill, [SLUG] * PROCESSES, range(0, real, share), [share] * PROCESSES))
    others = min(signatures, supporters or signatures) - real
    now = time.time_ns() // 1_000_000
    if others:
        real += multiply(conninfo(), slug=SLUG, signatures=signatures - real, supporters=others, until=now)
    with psycopg.connect(conninfo(), autocommit=True) as connection:
        connection.execute("TRUNCATE signing_attempt, messaging_outboxmail CASCADE")
        connection.execute("VACUUM (ANALYZE)")
    click.echo(f"{real:,} signatures were added.")


def fill(slug: str, first: int, number: int) -> None:
    """Have a part of the crowd sign one petition."""
    asyncio.run(_fill(slug, first, number))


async def _fill(slug: str, first: int, number: int) -> None:
    at = datetime.now(UTC)
    async with await AsyncConnection.connect(conninfo(), autocommit=True) as connection:
        keys = await signing_keys(connection, load_keys(settings.KEYS_FILE))
        petitions = await signable_petitions(connection, at=at)
        petition = next(each for each in petitions.values() if each.slug == slug)
        everybody = crowd(first, number, at)
        while signers := list(islice(everybody, AT_ONCE)):
            async with connection.transaction():
                await demo_signatures(connection, signers, petition=petition, keys=keys)
            await tallies_fold(connection, at=datetime.now(UTC))


def crowd(first: int, number: int, at: datetime) -> Iterator[Person]:
    """Give a part of the crowd: the same people for every petition."""
    for n, each in enumerate(islice(people("fill", first + number), first, None), first):
        yield Person(
            name=each["name"],
            email=each["email"],
            country="GB",
            display=DISPLAYS[n % len(DISPLAYS)],
            reason="",
            source="leaflet",
            at=at,
        )


if __name__ == "__main__":
    main()
