"""PostgreSQL's planner keeps copies of values: few of the busy tables, and none of what people typed."""

import pytest
from django.db import connection

from undersign.config.sealed_columns import SEALED_COLUMNS
from undersign.foundation.planner_statistics import TARGET

READABLE = [("signing_signature", "public_name"), ("signing_signature", "postcode_area")]
NOT_AT_ALL = [(column.table, column.column) for column in SEALED_COLUMNS] + READABLE
# Those that a signature writes to. What waits for the fold of the count is never much.
BUSY = (
    "signing_attempt",
    "signing_spentproof",
    "signing_signature",
    "signing_signatureevent",
    "supporters_supporter",
    "supporters_consent",
    "messaging_outboxmail",
)
TARGETS = """
SELECT attname, attstattarget FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
"""


def targets(table: str) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(TARGETS, [table])
        return dict(cursor.fetchall())


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "column"), NOT_AT_ALL)
def test_what_people_typed_is_not_copied(table: str, column: str) -> None:
    assert targets(table)[column] == 0


@pytest.mark.django_db
@pytest.mark.parametrize("table", BUSY)
def test_few_rows_of_a_busy_table_are_looked_at(table: str) -> None:
    others = [target for column, target in targets(table).items() if (table, column) not in NOT_AT_ALL]
    assert set(others) == {TARGET}
