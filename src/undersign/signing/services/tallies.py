"""Folding what confirmations appended into the count that pages show."""

from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

# Any constant: the same for every process that folds.
FOLD_LOCK = 0x7461_6C6C

# A delta is deleted and added in one statement, so it is counted exactly once whatever is killed when;
# deltas of transactions still under way are not visible yet and wait for the next round. No ON CONFLICT: a
# petition that has lost more than it gained would break the check of the count before there is a conflict.
FOLD = b"""
WITH taken AS (DELETE FROM signing_tallydelta RETURNING petition_id, delta),
     summed AS (SELECT petition_id, sum(delta) AS delta FROM taken GROUP BY 1),
     moved AS (
         UPDATE signing_tally tally SET count = tally.count + summed.delta, updated_at = %(at)s
         FROM summed WHERE summed.petition_id = tally.petition_id RETURNING tally.petition_id),
     begun AS (
         INSERT INTO signing_tally (petition_id, count, updated_at)
         SELECT petition_id, delta, %(at)s FROM summed
         WHERE petition_id NOT IN (SELECT petition_id FROM moved))
SELECT count(*) FROM summed
"""


async def tallies_fold(connection: AsyncConnection[Any], *, at: datetime) -> int:
    """Fold all deltas in one transaction and tell how many petitions moved; 0 while another process folds."""
    async with connection.transaction():
        cursor = await connection.execute(b"SELECT pg_try_advisory_xact_lock(%s)", (FOLD_LOCK,))
        row = await cursor.fetchone()
        if row is None or not row[0]:
            return 0
        cursor = await connection.execute(FOLD, {"at": at})
        [moved] = await cursor.fetchone() or (0,)
        return int(moved)
