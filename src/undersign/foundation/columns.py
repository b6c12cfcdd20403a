"""Columns of a batch, as arrays in PostgreSQL's binary format.

psycopg writes a list item by item, in Python, whatever is in it; that was a tenth of what a signature cost.
Here the type of a column is known, and its items are packed without asking each what it is. Statements name
the type (`%b::uuid[]`), so the server reads these bytes as that.

An array (array_recv in PostgreSQL's arrayfuncs.c) is the number of dimensions, whether there are nulls, the
type of the items, how many there are, the index of the first; then each item with its length in front, -1
for null.
"""

import struct
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format

from undersign.foundation.values import value

_HEAD = struct.Struct("!iiIii").pack
_LENGTH = struct.Struct("!i").pack
_BOOLEANS = {each: struct.Struct("!i?").pack(1, each) for each in (False, True)}
_SMALLINT = struct.Struct("!ih").pack
_BIGINT = struct.Struct("!iq").pack
_UUID_LENGTH = _LENGTH(16)
_NULL = _LENGTH(-1)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # PostgreSQL's
_MICROSECOND = timedelta(microseconds=1)


@value
class Column:
    """The bytes of an array, to be handed over as a parameter `%b`."""

    packed: bytes


class _ColumnDumper(Dumper):
    format = Format.BINARY
    oid = 0  # as the statement says

    def dump(self, obj: Column) -> Buffer | None:
        return obj.packed


psycopg.adapters.register_dumper(Column, _ColumnDumper)


def uuids(items: Iterable[UUID]) -> Column:
    """Pack a uuid[]."""
    return _column(2950, (_UUID_LENGTH + item.bytes for item in items))


def booleans(items: Iterable[bool]) -> Column:
    """Pack a boolean[]."""
    return _column(16, (_BOOLEANS[item] for item in items))


def smallints(items: Iterable[int]) -> Column:
    """Pack a smallint[]."""
    return _column(21, (_SMALLINT(2, item) for item in items))


def bigints(items: Iterable[int]) -> Column:
    """Pack a bigint[]."""
    return _column(20, (_BIGINT(8, item) for item in items))


def timestamps(items: Iterable[datetime]) -> Column:
    """Pack a timestamptz[] of aware times."""
    return _column(1184, (_BIGINT(8, (item - _EPOCH) // _MICROSECOND) for item in items))


def texts(items: Iterable[str | None]) -> Column:
    """Pack a text[]. Raises UnicodeEncodeError for surrogates; PostgreSQL refuses NULs."""
    return _column(25, (_NULL if item is None else _sized(item.encode()) for item in items))


def byteas(items: Iterable[bytes | None]) -> Column:
    """Pack a bytea[]."""
    return _column(17, (_NULL if item is None else _sized(item) for item in items))


def _sized(item: bytes) -> bytes:
    return _LENGTH(len(item)) + item


def _column(kind: int, items: Iterable[bytes]) -> Column:
    """Put packed items together. Raises psycopg.DataError for one that is not of its kind."""
    try:
        packed = list(items)
    except (struct.error, AttributeError, LookupError, TypeError) as error:
        raise psycopg.DataError(str(error)) from error
    return Column(_HEAD(1, _NULL in packed, kind, len(packed), 1) + b"".join(packed))
