"""Keeping the attempts table in one partition for each day, and forgetting attempts by dropping days.

Rows that no day's partition was made for lie in the DEFAULT partition; they are purged by their ids.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from psycopg import AsyncConnection, sql

from undersign.foundation.ids import uuid7_floor
from undersign.foundation.planner_statistics import statistics_little

# A confirmation link holds seven days; a day more for clocks and time zones.
ATTEMPT_LIFETIME = timedelta(days=8)
DAYS_AHEAD = 3
PREFIX = "signing_attempt_"
PURGE_AT_ONCE = 5_000

PARTITIONS = b"""
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'signing_attempt'::regclass ORDER BY 1
"""

PURGE_DEFAULT = b"""
DELETE FROM signing_attempt_default WHERE id IN (
    SELECT id FROM signing_attempt_default WHERE id < %s ORDER BY id LIMIT %s)
"""


async def partitions_keep(connection: AsyncConnection[Any], *, at: datetime) -> None:
    """Make the partitions of today and the next days, drop those whose every attempt is too old.

    Whoever signs queues behind a change that waits for its lock, so each waits for a fifth of a second only.
    Raises psycopg.errors.LockNotAvailable; the worker tries again soon.
    """
    existing = await _days(connection)
    today = at.astimezone(UTC).date()
    for day in (today + timedelta(days=n) for n in range(DAYS_AHEAD + 1)):
        if day not in existing and not await _default_holds(connection, day):
            await _change(connection, sql.SQL("; ").join((_create(day), _statistics(day))))
    for day in existing:
        if _midnight(day + timedelta(days=1)) <= at - ATTEMPT_LIFETIME:
            await _change(connection, sql.SQL("DROP TABLE {}").format(_name(day)))
    await _purge_default(connection, at)


async def _days(connection: AsyncConnection[Any]) -> list[date]:
    cursor = await connection.execute(PARTITIONS)
    names = [row[0].removeprefix(PREFIX) for row in await cursor.fetchall()]
    return [date.fromisoformat(name) for name in names if name != "default"]


async def _default_holds(connection: AsyncConnection[Any], day: date) -> bool:
    """Tell whether rows of that day lie in the DEFAULT partition, which then has to keep the day."""
    start, end = _bounds(day)
    cursor = await connection.execute(
        b"SELECT EXISTS (SELECT FROM signing_attempt_default WHERE id >= %s AND id < %s)", (start, end)
    )
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


async def _change(connection: AsyncConnection[Any], statement: sql.Composed) -> None:
    async with connection.transaction():
        await connection.execute(b"SET LOCAL lock_timeout = '200ms'")
        await connection.execute(statement)


async def _purge_default(connection: AsyncConnection[Any], at: datetime) -> None:
    bound = uuid7_floor(at - ATTEMPT_LIFETIME)
    while (await connection.execute(PURGE_DEFAULT, (bound, PURGE_AT_ONCE))).rowcount == PURGE_AT_ONCE:
        pass


def _create(day: date) -> sql.Composed:
    start, end = _bounds(day)
    return sql.SQL("CREATE TABLE {} PARTITION OF signing_attempt FOR VALUES FROM ({}) TO ({})").format(
        _name(day), sql.Literal(start), sql.Literal(end)
    )


def _statistics(day: date) -> sql.SQL:
    """Say again what holds for the table: a partition does not take this over from it."""
    return sql.SQL(statistics_little(f'"{PREFIX}{day.isoformat()}"', none_of=["sealed"]))


def _name(day: date) -> sql.Identifier:
    return sql.Identifier(f"{PREFIX}{day.isoformat()}")


def _bounds(day: date) -> tuple[str, str]:
    return str(uuid7_floor(_midnight(day))), str(uuid7_floor(_midnight(day + timedelta(days=1))))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
