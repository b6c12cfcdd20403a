"""Columns of a batch come back from PostgreSQL as they were."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersign.foundation.columns import (
    Column,
    bigints,
    booleans,
    byteas,
    smallints,
    texts,
    timestamps,
    uuids,
)
from undersign.foundation.group_commit.faults import Fault, fault_of

KINDS: dict[str, tuple[Callable[[Any], Column], st.SearchStrategy[Any]]] = {
    "uuid": (uuids, st.uuids()),
    "boolean": (booleans, st.booleans()),
    "smallint": (smallints, st.integers(-(2**15), 2**15 - 1)),
    "bigint": (bigints, st.integers(-(2**63), 2**63 - 1)),
    "text": (texts, st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))),
    "bytea": (byteas, st.none() | st.binary()),
    "timestamptz": (
        timestamps,
        st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_column_comes_back_as_it_was(database_url: str, kind: str, data: st.DataObject) -> None:
    pack, items = KINDS[kind]
    column = data.draw(st.lists(items))
    with psycopg.connect(database_url) as connection:
        query = f"SELECT %b::{kind}[], array_lower(%b::{kind}[], 1)"
        row = connection.execute(query.encode(), (pack(column), pack(column))).fetchone()
    assert row == (column, 1 if column else None)


def test_what_is_no_character_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        texts(["fine", "\ud800"])


@pytest.mark.parametrize(
    ("pack", "item"),
    [
        (uuids, None),
        (uuids, "00"),
        (booleans, None),
        (smallints, 2**15),
        (smallints, None),
        (bigints, 2**63),
        (timestamps, None),
        (timestamps, datetime(2026, 11, 22)),  # noqa: DTZ001
        (texts, 1),
        (byteas, "text"),
    ],
)
def test_what_is_of_another_kind_is_the_fault_of_its_row(pack: Callable[[Any], Column], item: Any) -> None:
    with pytest.raises(psycopg.DataError) as raised:
        pack([item])
    assert fault_of(raised.value) is Fault.ROW
