"""Adding up, over all processes, how many forms came from each network in each minute."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from undersign.moderation.pace import MINUTE, Share

# Nothing looks further back than the minute before this one.
KEPT_MINUTES = 3

ADD = b"""
INSERT INTO moderation_networkpace AS pace (minute, network, forms)
SELECT * FROM unnest(%b::integer[], %s::inet[], %b::integer[])
ON CONFLICT (minute, network) DO UPDATE SET forms = pace.forms + excluded.forms
RETURNING minute, text(network), forms
"""

FORGET = b"DELETE FROM moderation_networkpace WHERE minute < %s"


async def paces_share(connection: AsyncConnection[Any], shares: Sequence[Share]) -> list[Share]:
    """Add what one process has counted, in the order of `Pace.take`, and return the sums over all of them."""
    if not shares:
        return []
    minutes, networks, forms = (list(column) for column in zip(*shares, strict=True))
    cursor = await connection.execute(ADD, (minutes, networks, forms))
    return [Share(*row) for row in await cursor.fetchall()]


async def paces_forget(connection: AsyncConnection[Any], *, at: datetime) -> None:
    """Delete minutes that nobody asks about any more."""
    await connection.execute(FORGET, (int(at.timestamp() // MINUTE) - KEPT_MINUTES,))
