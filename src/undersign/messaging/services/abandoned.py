"""Giving back what a worker had claimed when it died, without waiting until its claim ends.

While a worker has a claim its connection holds a lock of PostgreSQL named after the claim's instant. A claim
whose lock nobody holds is abandoned: the worker, its connection or the whole database went away. Should the
worker live on, it loses the claim and begins no further mail of it; see claims.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import AsyncConnection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Shared, because two workers may claim different mails until the same instant.
HOLD = b"SELECT pg_advisory_lock_shared(%s)"
LET_GO = b"SELECT pg_advisory_unlock_shared(%s)"

# The locks are read after the snapshot of the rows is taken, and a claim's lock is taken before its rows are:
# no claim that is seen here is too new for its lock to be.
ABANDONED = b"""
SELECT DISTINCT claimed_until FROM messaging_outboxmail
WHERE status = 'queued' AND not_before <= %(at)s AND claimed_until > %(at)s
  AND (extract(epoch FROM claimed_until) * 1000000)::bigint <> ALL (ARRAY(
    SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())))
"""

GIVE_BACK = b"""
UPDATE messaging_outboxmail SET claimed_until = NULL WHERE status = 'queued' AND claimed_until = ANY(%s)
"""


@asynccontextmanager
async def claim_alive(connection: AsyncConnection[Any], until: datetime) -> AsyncIterator[None]:
    """Hold the lock that shows that whoever claims until this instant is alive."""
    name = (_microseconds(until),)
    await connection.execute(HOLD, name)
    try:
        yield
    finally:
        await connection.execute(LET_GO, name)


@dataclass(slots=True)
class AbandonedClaims:
    """Gives back claims that were abandoned at two looks in a row.

    The first look leaves a worker that lost the database the time to tell it what was sent, see sent_lately.
    """

    _seen: frozenset[datetime] = frozenset()

    async def give_back(self, connection: AsyncConnection[Any], *, at: datetime) -> int:
        """Look, free the mails of claims that were abandoned already and tell how many there were."""
        cursor = await connection.execute(ABANDONED, {"at": at})
        abandoned = frozenset(row[0] for row in await cursor.fetchall())
        twice, self._seen = abandoned & self._seen, abandoned
        if not twice:
            return 0
        return (await connection.execute(GIVE_BACK, (list(twice),))).rowcount


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
