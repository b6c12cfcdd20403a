"""Sealing every value anew with the current key, batch by batch, while the site runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from psycopg import sql

from undersign.config.sealed_columns import SEALED_COLUMNS, SealedColumn
from undersign.foundation.keys import KeyRing
from undersign.foundation.sealing import Sealer

AT_ONCE = 2_000

# Locked rows are skipped, so that nobody waits for anybody; the next round finds them.
OLD = """
SELECT id, {column} FROM {table}
WHERE id > %s AND substring({column} FROM 2 FOR 4) <> %s ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
UPDATE = """
UPDATE {table} t SET {column} = fresh.sealed
FROM unnest(%s::uuid[], %s::bytea[]) AS fresh (id, sealed) WHERE t.id = fresh.id
"""


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many values of one table were just sealed anew."""

    table: str
    count: int


def reseal(ring: KeyRing) -> Iterator[Resealed]:
    """Open and seal everything that the current key has not sealed, telling of each batch.

    It can be stopped and begun again at any time. Raises KeyUnknown or SealBroken for what does not open.
    """
    sealer = Sealer(ring)
    for column in SEALED_COLUMNS:
        last: UUID | None = UUID(int=0)
        while last is not None:
            count, last = _batch(column, last, sealer, ring.current_sealing_id)
            if count:
                yield Resealed(column.table, count)


@transaction.atomic
def _batch(column: SealedColumn, after: UUID, sealer: Sealer, key_id: bytes) -> tuple[int, UUID | None]:
    """Seal one batch of those after an id; tell how many, and the last id or None at the end."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(OLD).format(**column.names), (after, key_id, AT_ONCE))
        rows = cursor.fetchall()
        if not rows:
            return 0, None
        fresh = [_anew(old, column.context(id_), sealer) for id_, old in rows]
        cursor.execute(sql.SQL(UPDATE).format(**column.names), ([id_ for id_, _ in rows], fresh))
    return len(rows), rows[-1][0]


def _anew(old: bytes, context: bytes, sealer: Sealer) -> bytes:
    return sealer.seal(sealer.open(old, context=context), context=context)
