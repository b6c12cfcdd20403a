"""Attempts lie in one partition a day and are forgotten with it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg import AsyncConnection
from psycopg.errors import LockNotAvailable
from psycopg_pool import AsyncConnectionPool

from undersign.foundation.ids import uuid7
from undersign.signing.models import Attempt
from undersign.signing.services.partitions import PARTITIONS, partitions_keep

pytestmark = [pytest.mark.anyio, pytest.mark.django_db(transaction=True)]

Pool = AsyncConnectionPool[AsyncConnection[Any]]
KEPT = b"SELECT tablename, attname FROM pg_stats WHERE tablename LIKE 'signing_attempt%'"
NOW = datetime(2030, 3, 10, 12, tzinfo=UTC)


async def days(pool: Pool) -> list[str]:
    async with pool.connection() as connection:
        rows = await (await connection.execute(PARTITIONS)).fetchall()
    return [row[0].removeprefix("signing_attempt_") for row in rows]


async def keep(pool: Pool, at: datetime) -> None:
    async with pool.connection() as connection:
        await connection.set_autocommit(True)
        await partitions_keep(connection, at=at)
        await connection.set_autocommit(False)


async def add(at: datetime) -> Attempt:
    fields = {"petition_id": 1, "text_id": 1, "sealed": b"", "email_key": bytes(32), "index_epoch": 1}
    return await Attempt.objects.acreate(id=uuid7(at), locale="en", **fields)


async def test_today_and_the_next_days_have_partitions(pool: Pool) -> None:
    await keep(pool, NOW)
    await keep(pool, NOW)
    assert await days(pool) == ["2030-03-10", "2030-03-11", "2030-03-12", "2030-03-13", "default"]


async def test_the_planner_keeps_nothing_that_people_typed(pool: Pool) -> None:
    await keep(pool, NOW)
    for _ in range(3):
        await add(NOW)
    await add(NOW - timedelta(days=1))  # goes to the DEFAULT partition
    async with pool.connection() as connection:
        await connection.execute(b"ANALYZE signing_attempt")
        rows = await (await connection.execute(KEPT)).fetchall()
    kept = {(table, column) for table, column in rows}
    days_kept = {"signing_attempt", "signing_attempt_2030-03-10", "signing_attempt_default"}
    assert {table for table, column in kept if column == "locale"} == days_kept
    assert {table for table, column in kept if column == "sealed"} == set()


async def test_a_day_is_dropped_when_its_last_attempt_is_too_old(pool: Pool) -> None:
    await keep(pool, NOW)
    old = await add(NOW)
    await keep(pool, NOW + timedelta(days=8))
    assert await Attempt.objects.filter(id=old.id).aexists()
    await keep(pool, NOW + timedelta(days=8, hours=12))
    assert not await Attempt.objects.filter(id=old.id).aexists()


async def test_an_attempt_no_partition_was_made_for_is_kept_and_purged_all_the_same(pool: Pool) -> None:
    stray = await add(NOW)
    await keep(pool, NOW)
    assert "2030-03-10" not in await days(pool)
    assert await Attempt.objects.filter(id=stray.id).aexists()
    await keep(pool, NOW + timedelta(days=9))
    assert not await Attempt.objects.filter(id=stray.id).aexists()


async def test_a_change_gives_way_to_a_report_so_that_people_go_on_signing(pool: Pool) -> None:
    await keep(pool, NOW)
    async with pool.connection() as report:
        await report.execute(b"SELECT count(*) FROM signing_attempt")  # its transaction stays open
        keeping = asyncio.create_task(keep(pool, NOW + timedelta(days=1)))
        for _ in range(6):
            await add(NOW)
        with pytest.raises(LockNotAvailable):
            await keeping
    assert await Attempt.objects.acount() == 6
    await keep(pool, NOW + timedelta(days=1))
    assert "2030-03-14" in await days(pool)
