"""docs/architecture.md says what each index of the busy tables is for, so it has to name them all."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"
INDEXES = """
SELECT indexdef FROM pg_indexes JOIN pg_class ON relname = indexname
JOIN pg_index ON indexrelid = pg_class.oid WHERE tablename = %s AND NOT indisprimary
"""


def documented() -> dict[str, Counter[tuple[str, bool, bool]]]:
    """Read the indexes of each table but its primary key: first column, whether unique, whether partial."""
    found: dict[str, Counter[tuple[str, bool, bool]]] = {}
    table = ""
    for row in re.findall(r"^\| (.*?) ?\| (.+?) \| .+ \|$", PAGE.read_text(), re.MULTILINE):
        name, index = row
        if named := re.match(r"`(\w+_\w+)`", name):
            table = named[1]
            found[table] = Counter()
        if table and (columns := re.match(r"\((\w+)", index)):
            found[table][columns[1], "unique" in index, "where" in index] += 1
    return found


@pytest.mark.django_db
def test_every_index_of_the_busy_tables_is_explained() -> None:
    tables = documented()
    assert {"signing_attempt", "signing_signature", "messaging_outboxmail"} <= tables.keys()
    for table, explained in tables.items():
        with connection.cursor() as cursor:
            cursor.execute(INDEXES, [table])
            there = Counter(_shape(definition) for (definition,) in cursor.fetchall())
        assert there == explained, table


def _shape(definition: str) -> tuple[str, bool, bool]:
    columns = re.search(r"USING \w+ \((\w+?)(?:_id)?\b", definition)
    assert columns, definition
    return columns[1], " UNIQUE " in definition, " WHERE " in definition
