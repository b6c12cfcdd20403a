"""The count and the rows it stands for."""

from collections.abc import Iterator
from datetime import UTC, timedelta

from undersign.config.doctor.findings import Examination, Finding, fail, ok, rows, warn
from undersign.signing.queries.counts import counts_differing
from undersign.signing.services.partitions import PREFIX

DAYS = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = %s::regclass
"""
UNFOLDED = "SELECT count(*) FROM signing_tallydelta"
DEFAULT_ROWS = "SELECT EXISTS (SELECT FROM signing_attempt_default)"
MANY = 10_000  # the worker folds twice a second


def counts(_examination: Examination) -> Iterator[Finding]:
    """Recount confirmed signatures and compare with what pages say, deltas not yet folded included."""
    differing = counts_differing()
    for difference in differing:
        yield fail(
            "counts",
            f"{difference.slug}: pages say {difference.shown:,}, signatures are {difference.recounted:,}.",
        )
    [[unfolded]] = rows(UNFOLDED)
    if unfolded > MANY:
        yield warn("counts", f"{unfolded:,} changes wait to be added up. Is a worker running?")
    if not differing:
        [[petitions, signatures]] = rows("SELECT count(*), coalesce(sum(count), 0) FROM signing_tally")
        yield ok("counts", f"recounted: {signatures:,} signatures of {petitions:,} petitions")


def partitions(examination: Examination) -> Iterator[Finding]:
    """Look for the places of attempts made today and tomorrow, which can be dropped when they are old."""
    existing = {name for [name] in rows(DAYS, "signing_attempt")}
    today = examination.at.astimezone(UTC).date()
    missing = [day for day in (today, today + timedelta(days=1)) if f"{PREFIX}{day}" not in existing]
    [[has_default_rows]] = rows(DEFAULT_ROWS)
    if missing or has_default_rows:
        days = ", ".join(map(str, missing)) or "some days"
        yield warn("partitions", f"{days} had none: attempts go to the DEFAULT one. Has the worker run?")
    else:
        yield ok("partitions", f"{len(existing) - 1} days")
