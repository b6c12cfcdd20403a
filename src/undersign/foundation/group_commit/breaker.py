"""Whether the database is known to be away, so that nobody has to find it out again by waiting."""

import asyncio
from typing import Final

import psycopg
from psycopg_pool import PoolTimeout

from undersign.foundation.group_commit.connections import Pool, afresh

_PROBE_EVERY: Final = 0.5  # seconds
_PROBE_WITHIN: Final = 2.0  # seconds
_PROBATION: Final = 1.0
"""Seconds that a batch is retried after an outage, until one has been committed."""


class Breaker:
    """Open from the moment somebody waited in vain until a connection can be made again.

    A connection says only that the server is there, not that it can write (its disk may be full). So after
    an outage the first batch is on probation: if it fails, the breaker opens again within a second.
    One breaker may serve several group commits on one pool. Belongs to one event loop.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._probing: asyncio.Task[None] | None = None
        self._is_on_probation = False

    @property
    def is_open(self) -> bool:
        """Whether the database is away as far as we know."""
        return self._probing is not None and not self._probing.done()

    def patience(self, usual: float) -> float:
        """Tell how many seconds a batch that begins now may be retried."""
        return min(usual, _PROBATION) if self._is_on_probation else usual

    def trip(self) -> None:
        """Note that the database did not answer, and begin to look for it."""
        self._is_on_probation = True
        if not self.is_open:
            self._probing = asyncio.create_task(self._probe())

    def prove(self) -> None:
        """Note that a batch was committed."""
        self._is_on_probation = False

    async def close(self) -> None:
        """Look no longer."""
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)

    async def _probe(self) -> None:
        while not await self._is_there():  # noqa: ASYNC110 -- nothing but another look can tell
            await asyncio.sleep(_PROBE_EVERY)

    async def _is_there(self) -> bool:
        """Connect as a batch would, and not for long: a server that hangs takes connections and is silent."""
        try:
            async with asyncio.timeout(_PROBE_WITHIN), afresh(self._pool):
                return True
        except (psycopg.Error, PoolTimeout, TimeoutError):
            return False


class NoBreaker:
    """For a store that finds another of its servers by itself: whoever submits waits for that."""

    is_open = False

    def patience(self, usual: float) -> float:
        """Give all of it."""
        return usual

    def trip(self) -> None:
        """Go on trying."""

    def prove(self) -> None:
        """Nothing was in doubt."""

    async def close(self) -> None:
        """Nothing is to be ended."""
