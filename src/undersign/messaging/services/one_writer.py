"""One worker at a time writes to a mailbox.

The caps count what a mailbox was sent. Two workers with mails for the same one would not see each other's
and go over. So a worker holds a lock of PostgreSQL named after each mailbox that it has mails for, from
before it counts until what it sent is recorded. A worker that dies loses its locks with its connection.
"""

import struct
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from psycopg import AsyncConnection

from undersign.messaging.services.post_office import AddressedMail

# Locks with two names are apart from those of claims, which have one; see abandoned.
LOCK = b"""
SELECT high, low FROM unnest(%s::integer[], %s::integer[]) AS mailbox (high, low)
WHERE pg_try_advisory_lock(high, low)
"""
LET_GO = b"""
SELECT pg_advisory_unlock(high, low) FROM unnest(%s::integer[], %s::integer[]) AS mailbox (high, low)
"""

Name: TypeAlias = tuple[int, int]


@dataclass(slots=True)
class Mailboxes:
    """The mailboxes that one worker writes to at the moment."""

    connection: AsyncConnection[Any]
    _locked: set[Name] = field(default_factory=set)

    async def take(self, items: Sequence[AddressedMail]) -> list[AddressedMail]:
        """Take the mailboxes of these mails, and give those mails whose mailbox no other worker has."""
        wanted = {name for item in items for name in _names(item)} - self._locked
        cursor = await self.connection.execute(LOCK, _columns(wanted))
        self._locked.update(await cursor.fetchall())
        return [item for item in items if self._locked.issuperset(_names(item))]

    async def let_go(self) -> None:
        """Leave all of them to others."""
        await self.connection.execute(LET_GO, _columns(self._locked))


@asynccontextmanager
async def mailboxes_held(connection: AsyncConnection[Any]) -> AsyncIterator[Mailboxes]:
    """Hold what is taken until the end. `connection` is in autocommit mode, and stays with its worker."""
    mailboxes = Mailboxes(connection)
    try:
        yield mailboxes
    finally:
        await mailboxes.let_go()


def _names(item: AddressedMail) -> list[Name]:
    """Name the mailbox by each of its keys: while the index key is replaced, some workers know only one."""
    return [struct.unpack_from(">ii", key) for key in item.mailbox_keys]


def _columns(names: Iterable[Name]) -> tuple[list[int], list[int]]:
    pairs = sorted(names)
    return [high for high, _ in pairs], [low for _, low in pairs]
