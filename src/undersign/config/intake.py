"""The intake that the settings name: its front in the web processes, its back in the worker."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any

import nats.errors
from django.conf import settings
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from undersign.config.connections import conninfo
from undersign.foundation.group_commit import Breaker
from undersign.foundation.group_commit.connections import Pool
from undersign.foundation.jetstream.address import StreamAddress
from undersign.foundation.jetstream.link import stream_open
from undersign.foundation.jetstream.streams import StreamState, stream_state
from undersign.foundation.loops import Loop
from undersign.foundation.metrics import INTAKE_AGE, INTAKE_DEAD, INTAKE_WAITING, CommitWatch
from undersign.foundation.sealing import Sealer
from undersign.signing.intake import Drain, EitherIntake, Intake, StreamIntake, postgresql_intake


@asynccontextmanager
async def open_intake(pool: Pool, breaker: Breaker, sealer: Callable[[], Sealer]) -> AsyncIterator[Intake]:
    """Open where this web process hands attempts in, and close it once what it took is kept."""
    async with AsyncExitStack() as stack:
        database = postgresql_intake(pool, watch=CommitWatch("attempts"), breaker=breaker)
        await stack.enter_async_context(database)
        if settings.INTAKE is None:
            yield database
        else:
            stream = StreamIntake(settings.INTAKE, sealer, watch=CommitWatch("stream"))
            await stack.enter_async_context(stream)
            yield EitherIntake(stream, database)


@asynccontextmanager
async def intake_loops(sealer: Sealer) -> AsyncIterator[Sequence[Loop]]:
    """Give what goes round in a worker for the intake: nothing, if it is PostgreSQL itself."""
    address: StreamAddress | None = settings.INTAKE
    if address is None:
        yield ()
        return
    pool = AsyncConnectionPool(
        conninfo(),
        kwargs={"autocommit": True},  # as group commit needs it
        connection_class=AsyncConnection[Any],
        min_size=1,
        max_size=2,
        open=False,
    )
    async with pool, Drain(address, pool, sealer) as drain:

        async def report(_connection: AsyncConnection[Any], at: datetime) -> int:
            await _report(address, at)
            return 0

        yield Loop("intake", drain.round, rest=0.1), Loop("intake age", report, rest=15)


async def _report(address: StreamAddress, at: datetime) -> None:
    """Tell Prometheus what waits in the stream."""
    state = await intake_state(address)
    INTAKE_WAITING.set(state.waiting)
    INTAKE_DEAD.set(state.dead)
    INTAKE_AGE.set((at - state.oldest_at).total_seconds() if state.oldest_at else 0)


async def intake_is_empty(address: StreamAddress) -> bool:
    """Tell whether nothing sealed is in the streams. One that does not answer may hold something."""
    try:
        state = await intake_state(address)
    except (nats.errors.Error, OSError):
        return False
    return not (state.waiting or state.dead)


async def intake_state(address: StreamAddress) -> StreamState:
    """Ask the cluster on a connection of its own how the streams are. Raises nats.errors.Error or OSError."""
    async with stream_open(address) as stream:
        return await stream_state(stream, address)
