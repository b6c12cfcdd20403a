"""What PostgreSQL copies for its planner: little of busy tables, and nothing that is sealed.

`ANALYZE` copies values out of a table into `pg_statistic`, where erasing a person does not reach them.
"""

from collections.abc import Sequence

TARGET = 10
"""How many values of a column are kept; they are found among 3,000 rows. By default 100, of 30,000 rows."""

_SET = """
DO $$
DECLARE
    column_name text;
BEGIN
    FOR column_name IN SELECT attname FROM pg_attribute
        WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped
    LOOP
        EXECUTE format('ALTER TABLE {table} ALTER COLUMN %I SET STATISTICS %s', column_name,
            CASE WHEN column_name = ANY('{{{none_of}}}') THEN 0 ELSE {target} END);
    END LOOP;
END $$
"""


def statistics_little(table: str, *, none_of: Sequence[str] = ()) -> str:
    """Give SQL that has PostgreSQL look at few rows of `table` and its partitions, at `none_of` not at all.

    Nobody waits for it (SHARE UPDATE EXCLUSIVE). What was copied from `none_of` before stays.
    """
    return _SET.format(table=table, none_of=",".join(none_of), target=TARGET)


def statistics_default(table: str) -> str:
    """Give SQL that takes `statistics_little` back."""
    return _SET.format(table=table, none_of="", target=-1)
