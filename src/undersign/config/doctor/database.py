"""The database: there, new enough, migrated, and of one mind with us about the time."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from undersign.config.doctor.findings import Examination, Finding, fail, ok, rows, warn
from undersign.config.health import pending_migrations

VERSION = "SELECT current_setting('server_version_num')::int, current_setting('server_version')"
OLDEST = 150_000  # server_version_num of PostgreSQL 15
DRIFT_NOTED, DRIFT_BROKEN = timedelta(seconds=2), timedelta(seconds=30)


def version(_examination: Examination) -> Iterator[Finding]:
    """Require PostgreSQL 15: older ones lack what the schema uses."""
    [[number, name]] = rows(VERSION)
    said = f"PostgreSQL {name}"
    yield ok("database", said) if number >= OLDEST else fail("database", f"{said} is too old: 15 is needed.")


def migrations(_examination: Examination) -> Iterator[Finding]:
    """Compare the schema with this version of the code."""
    pending = pending_migrations()
    if pending:
        names = ", ".join(".".join(name) for name in pending[:3])
        yield fail("migrations", f"{len(pending)} are missing ({names} …). Run `undersign prepare`.")
    else:
        yield ok("migrations", "all applied")


def clock(_examination: Examination) -> Iterator[Finding]:
    """Compare the clocks: ids and expiry carry the time of whoever makes them."""
    before = timezone.now()
    [[there]] = rows("SELECT clock_timestamp()")
    after = timezone.now()
    drift = max(before - there, there - after, timedelta())
    said = f"{drift.total_seconds():.1f} s apart from the database's"
    if drift < DRIFT_NOTED:
        yield ok("clock", "agrees with the database's")
    elif drift < DRIFT_BROKEN:
        yield warn("clock", f"{said}. Is time synchronisation running?")
    else:
        yield fail("clock", f"{said}: links expire and are made at wrong times. Synchronise both clocks.")


def extensions(_examination: Examination) -> Iterator[Finding]:
    """Name what migrations have installed."""
    installed = [name for [name] in rows("SELECT extname FROM pg_extension ORDER BY extname")]
    yield ok("extensions", ", ".join(installed))


def connections(_examination: Examination) -> Iterator[Finding]:
    """See whether there is room for every process: each web process takes eight or so connections."""
    [[used, most]] = rows(
        "SELECT (SELECT count(*) FROM pg_stat_activity), current_setting('max_connections')::int"
    )
    said = f"{used} of {most} in use"
    crowded = used > most * 0.8
    yield warn("connections", f"{said}: raise max_connections.") if crowded else ok("connections", said)
