"""Which petitions send no mail for the moment."""

from typing import Any

from psycopg import AsyncConnection

PAUSED = b"SELECT id FROM campaigns_petition WHERE mail_paused_at IS NOT NULL"


async def petitions_with_paused_mail(connection: AsyncConnection[Any]) -> set[int]:
    """Return the ids of petitions whose organisers paused their mail."""
    cursor = await connection.execute(PAUSED)
    return {row[0] for row in await cursor.fetchall()}
