"""Proofs are good for one form each: their ids are remembered, by all processes, until they have expired."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from undersign.foundation.columns import uuids
from undersign.foundation.ids import uuid7_floor

# Longer than any proof holds, from the time in its id.
REMEMBERED_FOR = timedelta(hours=3)
FORGET_AT_ONCE = 5_000

# Gives back what was free, and what the same attempt has spent before: its batch is being written again.
SPEND = b"""
INSERT INTO signing_spentproof AS spent (id, attempt_id)
SELECT * FROM unnest(%b::uuid[], %b::uuid[])
ON CONFLICT (id) DO UPDATE SET attempt_id = excluded.attempt_id WHERE spent.attempt_id = excluded.attempt_id
RETURNING attempt_id
"""

FORGET = b"""
DELETE FROM signing_spentproof WHERE id IN (
    SELECT id FROM signing_spentproof WHERE id < %s ORDER BY id LIMIT %s)
"""


async def proofs_spend(connection: AsyncConnection[Any], proofs: Mapping[UUID, UUID]) -> frozenset[UUID]:
    """Spend proofs, given by the attempt that came with each, and return the attempts that came too late."""
    if not proofs:
        return frozenset()
    first = {proof_id: attempt_id for attempt_id, proof_id in reversed(list(proofs.items()))}
    ordered = sorted(first, key=lambda proof_id: proof_id.bytes)
    spending = uuids(ordered), uuids([first[proof_id] for proof_id in ordered])
    cursor = await connection.execute(SPEND, spending, binary=True)
    spent = {row[0] for row in await cursor.fetchall()}
    return frozenset(proofs.keys() - spent)


async def proofs_forget(connection: AsyncConnection[Any], *, at: datetime) -> None:
    """Delete the ids of proofs that nobody could use any more, in batches."""
    bound = uuid7_floor(at - REMEMBERED_FOR)
    while (await connection.execute(FORGET, (bound, FORGET_AT_ONCE))).rowcount == FORGET_AT_ONCE:
        pass
