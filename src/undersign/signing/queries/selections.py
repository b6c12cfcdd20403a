"""Signatures of one petition chosen by what can be seen of them without opening a seal.

Everything begins at the index that the public list has, (petition, id descending): ids tell the time, so a
time is a range of ids. What else is asked for is looked at row by row, which is why whoever waits for an
answer says for how long (`patience`); the worker has time.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from psycopg import errors, sql

from undersign.foundation.ids import uuid7_floor

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Signatures made from `since` on and before `until`; of the rest, empty (or None) is any.

    `network` also finds the networks inside of it. `mail_domains` are as stored, `source` "" is none at all,
    `ids` are these and no others. Signatures whose owners are forgotten are in no selection.
    """

    petition_id: int
    since: datetime
    until: datetime
    state: str = "confirmed"
    network: str = ""
    mail_domains: tuple[str, ...] = ()
    source: str | None = None
    country: str = ""
    locale: str = ""
    name_key: bytes = b""
    ids: tuple[UUID, ...] | None = None


class TooLong(Exception):
    """It took longer than somebody wanted to wait."""


_ALWAYS = (
    "petition_id = %(petition_id)s",
    "state = %(state)s",
    "id >= %(first)s",
    "id < %(beyond)s",
    "supporter_id IS NOT NULL",
)
_ASKED = {
    "network": "network <<= %(network)s::inet",
    "mail_domains": "mail_domain = ANY(%(mail_domains)s)",
    "country": "country = %(country)s",
    "locale": "locale = %(locale)s",
    "name_key": "name_key = %(name_key)s",
}


def selection_where(selection: Selection) -> tuple[sql.Composed, dict[str, Any]]:
    """Give the condition for `signing_signature` and its values."""
    values: dict[str, Any] = {
        "petition_id": selection.petition_id,
        "state": selection.state,
        "first": uuid7_floor(selection.since),
        "beyond": uuid7_floor(selection.until),
    }
    asked = {name: getattr(selection, name) for name in _ASKED}
    values |= {name: list(v) if isinstance(v, tuple) else v for name, v in asked.items() if v}
    conditions = [*_ALWAYS, *(condition for name, condition in _ASKED.items() if asked[name])]
    if selection.source is not None:
        conditions.append("source = %(source)s")
        values["source"] = selection.source
    if selection.ids is not None:
        conditions.append("id = ANY(%(ids)s)")
        values["ids"] = list(selection.ids)
    return sql.SQL(" AND ").join(map(sql.SQL, conditions)), values


@contextmanager
def patience(limit: timedelta) -> Iterator[None]:
    """Have each statement end after `limit`. Raises TooLong."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {limit // timedelta(milliseconds=1)}")
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, errors.QueryCanceled):
            raise TooLong from error
        raise


_COUNT = sql.SQL("SELECT count(*) FROM signing_signature WHERE {where}")
_IDS = sql.SQL(
    "SELECT id FROM signing_signature WHERE {where} AND id > %(after)s ORDER BY id LIMIT %(limit)s"
)
_ROWS = sql.SQL("""
SELECT id, public_name, text(network), mail_domain, source, country, locale, state, withdrawn_by
FROM signing_signature WHERE {where} AND id {side} %(edge)s ORDER BY id {direction} LIMIT %(limit)s
""")


def selection_count(selection: Selection) -> int:
    """Count it."""
    where, values = selection_where(selection)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(where=where), values)
        return int(cursor.fetchone()[0])


def selection_ids(selection: Selection, *, after: UUID, limit: int) -> list[UUID]:
    """Give the next ids that follow `after`, oldest first."""
    where, values = selection_where(selection)
    with connection.cursor() as cursor:
        cursor.execute(_IDS.format(where=where), values | {"after": after, "limit": limit})
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """What a moderator sees of one signature; `public_name` is empty unless its owner shows a name."""

    id: UUID
    public_name: str
    network: str | None
    mail_domain: str
    source: str
    country: str
    locale: str
    state: str
    withdrawn_by: str


@dataclass(frozen=True, slots=True)
class RowsPage:
    """One page, newest first; `newer` and `older` say whether there is more in that direction."""

    rows: tuple[SignatureRow, ...]
    has_newer: bool
    has_older: bool


def rows_older_than(selection: Selection, *, before: UUID | None, limit: int = PAGE_SIZE) -> RowsPage:
    """Give the page that follows `before`; the first page without it."""
    edge = UUID(int=2**128 - 1) if before is None else before
    rows = _rows(selection, side="<", direction="DESC", edge=edge, limit=limit + 1)
    return RowsPage(tuple(rows[:limit]), has_newer=before is not None, has_older=len(rows) > limit)


def rows_newer_than(selection: Selection, *, after: UUID, limit: int = PAGE_SIZE) -> RowsPage:
    """Give the page that comes just before `after` in the list."""
    rows = _rows(selection, side=">", direction="ASC", edge=after, limit=limit + 1)
    return RowsPage(tuple(reversed(rows[:limit])), has_newer=len(rows) > limit, has_older=True)


def _rows(
    selection: Selection, *, side: str, direction: str, edge: UUID, limit: int
) -> Sequence[SignatureRow]:
    where, values = selection_where(selection)
    statement = _ROWS.format(where=where, side=sql.SQL(side), direction=sql.SQL(direction))
    with connection.cursor() as cursor:
        cursor.execute(statement, values | {"edge": edge, "limit": limit})
        return [SignatureRow(*row) for row in cursor.fetchall()]
