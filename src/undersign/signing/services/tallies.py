"""Folding what confirmations appended into the count that pages show."""

from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

# Any constant: the same for every process that folds.
FOLD_LOCK = 0x7461_6C6C

# A delta is deleted and added in one statement, so it is counted exactly once whatever is killed when;
# deltas of transactions still under way are not visible yet and wait for the next round.
FOLD = b"""
WITH taken AS (DELETE FROM signing_tallydelta RETURNING petition_id, delta),
     summed AS (SELECT petition_id, sum(delta) AS delta FROM taken GROUP BY 1 ORDER BY 1)
INSERT INTO signing_tally AS tally (petition_id, count, updated_at)
SELECT petition_id, delta, %s FROM summed
ON CONFLICT (petition_id) DO UPDATE SET count = tally.count + excluded.count, updated_at = excluded.updated_at
"""


async def tallies_fold(connection: AsyncConnection[Any], *, at: datetime) -> int:
    """Fold all deltas in one transaction and tell how many petitions moved; 0 while another process folds."""
    async with connection.transaction():
        cursor = await connection.execute(b"SELECT pg_try_advisory_xact_lock(%s)", (FOLD_LOCK,))
        row = await cursor.fetchone()
        if row is None or not row[0]:
            return 0
        cursor = await connection.execute(FOLD, (at,))
        return cursor.rowcount
