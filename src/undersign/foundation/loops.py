"""Work that is done round after round for as long as the worker runs, whatever happens to the database."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from psycopg import AsyncConnection

log = structlog.get_logger()

Connect = Callable[[], Awaitable[AsyncConnection[Any]]]

BEAT_EVERY = timedelta(seconds=10)
BACK_OFF = (0.5, 1, 2, 5, 10, 30)  # seconds

BEAT = b"""
INSERT INTO foundation_heartbeat (loop, at) VALUES (%s, %s)
ON CONFLICT (loop) DO UPDATE SET at = greatest(foundation_heartbeat.at, excluded.at)
"""


@dataclass(frozen=True, slots=True)
class Loop:
    """A piece of work: `step` does one round and tells how much it did; after nothing it rests (seconds)."""

    name: str
    step: Callable[[AsyncConnection[Any], datetime], Awaitable[int]]
    rest: float


@dataclass(slots=True)
class LoopRunner:
    """Runs one loop on a connection of its own (autocommit) until `stop` is set.

    A round that fails is logged and tried again, later each time; nothing ends the loop but `stop`, which a
    round in progress is allowed to finish.
    """

    loop: Loop
    connect: Connect
    clock: Callable[[], datetime]
    stop: asyncio.Event
    _connection: AsyncConnection[Any] | None = None
    _failures: int = 0
    _beat_at: datetime | None = None

    async def run(self) -> None:
        """Do rounds until told to stop."""
        try:
            while not self.stop.is_set():
                await self._pause(await self._round())
        finally:
            await self._disconnect()

    async def _round(self) -> float:
        """Do one round and tell how long to rest, in seconds."""
        try:
            connection = await self._connected()
            done = await self.loop.step(connection, self.clock())
            await self._beat(connection)
        except Exception as error:  # noqa: BLE001 -- whatever it was, the next round may go well
            await self._disconnect()
            return self._failed(error)
        self._failures = 0
        return 0 if done else self.loop.rest

    async def _connected(self) -> AsyncConnection[Any]:
        if self._connection is None:
            self._connection = await self.connect()
        return self._connection

    async def _beat(self, connection: AsyncConnection[Any]) -> None:
        at = self.clock()
        if self._beat_at is None or at >= self._beat_at + BEAT_EVERY:
            await connection.execute(BEAT, (self.loop.name, at))
            self._beat_at = at

    def _failed(self, error: Exception) -> float:
        wait = BACK_OFF[min(self._failures, len(BACK_OFF) - 1)]
        self._failures += 1
        log.warning("loop_failed", loop=self.loop.name, failures=self._failures, wait=wait, exc_info=error)
        return wait

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), timeout=seconds)
