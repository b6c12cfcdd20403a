import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection

from undersign.foundation.loops import Loop, LoopRunner

pytestmark = [pytest.mark.anyio, pytest.mark.django_db(transaction=True)]

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
Step = Callable[[AsyncConnection[Any], datetime], Awaitable[int]]


async def run(step: Step, *, url: str, stop: asyncio.Event) -> LoopRunner:
    async def connect() -> AsyncConnection[Any]:
        return await AsyncConnection.connect(url, autocommit=True)

    runner = LoopRunner(Loop("test", step, rest=0.01), connect, lambda: NOW, stop)
    await asyncio.wait_for(runner.run(), timeout=20)
    return runner


async def test_a_round_that_loses_the_database_is_tried_again_on_a_new_connection(
    database_url: str,
) -> None:
    stop = asyncio.Event()
    backends = []

    async def step(connection: AsyncConnection[Any], _at: datetime) -> int:
        pid = connection.info.backend_pid
        backends.append(pid)
        if len(backends) == 1:
            with psycopg.connect(database_url, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [pid])
        await connection.execute("SELECT 1")
        stop.set()
        return 0

    await run(step, url=database_url, stop=stop)

    assert len(set(backends)) == 2


async def test_an_error_of_any_kind_does_not_end_the_loop(database_url: str) -> None:
    stop = asyncio.Event()
    rounds = 0

    async def step(_connection: AsyncConnection[Any], _at: datetime) -> int:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise ZeroDivisionError
        stop.set()
        return 0

    await run(step, url=database_url, stop=stop)

    assert rounds == 2


async def test_a_round_in_progress_is_finished_when_told_to_stop(database_url: str) -> None:
    stop = asyncio.Event()
    finished = False

    async def step(_connection: AsyncConnection[Any], _at: datetime) -> int:
        nonlocal finished
        stop.set()
        await asyncio.sleep(0.1)
        finished = True
        return 1

    await run(step, url=database_url, stop=stop)

    assert finished


async def test_a_loop_leaves_a_heartbeat(database_url: str) -> None:
    stop = asyncio.Event()

    async def step(_connection: AsyncConnection[Any], _at: datetime) -> int:
        stop.set()
        return 0

    await run(step, url=database_url, stop=stop)

    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT loop, at FROM foundation_heartbeat").fetchall() == [("test", NOW)]
