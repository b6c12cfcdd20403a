"""Putting the screen of one web process together, and keeping it in step with the other processes."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from psycopg import AsyncConnection, Error
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from undersign.foundation.keys import KeyRing
from undersign.foundation.keys.watch import KeysWatch
from undersign.foundation.sealing import Sealer
from undersign.moderation.domains import DomainNotes
from undersign.moderation.lists import lists_of
from undersign.moderation.pace import Pace, Share
from undersign.moderation.proofs import Proofs
from undersign.moderation.queries.lists import lists_version, rules_read
from undersign.moderation.screen import PetitionScreen
from undersign.moderation.services.domains import domains_note
from undersign.moderation.services.pacing import paces_forget, paces_share

PERIOD = 1.0  # seconds
FORGET_EVERY = 60  # periods
# Networks in one transaction. Between two of them the event loop answers people.
EXCHANGED_AT_ONCE = 500

Pool = AsyncConnectionPool[AsyncConnection[Any]]


def screen_make(ring: KeyRing) -> PetitionScreen:
    """Make the screen that the settings ask for."""
    return PetitionScreen(Pace(settings.NETWORK_PACE), Proofs.of(ring, numbers=settings.PROOF_NUMBERS))


async def keep_screen(screen: PetitionScreen, watch: KeysWatch, pool: Pool) -> None:
    """Exchange counts with the other processes once a second, and work with the keys as they are now."""
    rounds, reading = 0, ListsReading()
    while True:
        await asyncio.sleep(PERIOD)
        screen.proofs = Proofs.of(watch.ring, numbers=settings.PROOF_NUMBERS)
        with suppress(Error, PoolTimeout):  # until the database is back each process goes by its own counts
            await _exchange(screen.pace, pool)
            await _note_domains(screen.domains, watch, pool)
            await reading.refresh(screen, pool)
            rounds += 1
            if rounds % FORGET_EVERY == 0:
                await _forget(pool)


@dataclass(slots=True)
class ListsReading:
    """Reads the lists anew when they have changed."""

    version: int = -1

    async def refresh(self, screen: PetitionScreen, pool: Pool) -> None:
        """Look at their version, and take them over if it is another one."""
        async with pool.connection(timeout=PERIOD) as connection:
            version = await lists_version(connection)
            if version != self.version:
                screen.lists = lists_of(await rules_read(connection))
                self.version = version


async def _exchange(pace: Pace, pool: Pool) -> None:
    shares: list[Share] = pace.take()
    if not shares:
        return
    try:
        async with pool.connection(timeout=PERIOD) as connection:
            while shares:
                sums = await paces_share(connection, shares[:EXCHANGED_AT_ONCE])
                del shares[:EXCHANGED_AT_ONCE]
                pace.learn(sums)
    except (Error, PoolTimeout):
        pace.give_back(shares)
        raise


async def _note_domains(domains: DomainNotes, watch: KeysWatch, pool: Pool) -> None:
    met = domains.take()
    if not met:
        return
    try:
        async with pool.connection(timeout=PERIOD) as connection:
            await domains_note(connection, met, sealer=Sealer(watch.ring), at=datetime.now(UTC))
    except (Error, PoolTimeout):
        domains.give_back(met)
        raise


async def _forget(pool: Pool) -> None:
    async with pool.connection(timeout=PERIOD) as connection:
        await paces_forget(connection, at=datetime.now(UTC))
