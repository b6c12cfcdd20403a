"""Going through every check, whatever breaks."""

from collections.abc import Iterator, Mapping

from django.db import DatabaseError, InterfaceError, connection

from undersign.config.doctor import database, intake, keys, mail, retention, signatures, storage, work
from undersign.config.doctor.findings import Check, Examination, Finding, Level, fail

WITHOUT_DATABASE: Mapping[str, Check] = {
    "keys file": keys.file,
    "disk": storage.disk,
    "mail server": mail.server,
    "DKIM": mail.dkim,
    "intake": intake.intake,
}
WITH_DATABASE: Mapping[str, Check] = {
    "migrations": database.migrations,
    "clock": database.clock,
    "extensions": database.extensions,
    "connections": database.connections,
    "sealing keys": keys.sealing,
    "index epochs": keys.epochs,
    "worker": work.worker,
    "queue": work.queue,
    "outbox": mail.outbox,
    "counts": signatures.counts,
    "partitions": signatures.partitions,
    "retention": retention.retention,
}


def examine(examination: Examination) -> Iterator[Finding]:
    """Look at everything; without the database, at what can be seen from outside."""
    reached = list(_looked_at("database", database.version, examination))
    yield from reached
    for subject, check in WITHOUT_DATABASE.items():
        yield from _looked_at(subject, check, examination)
    if any(finding.level == Level.FAIL for finding in reached):
        yield fail("the rest", "was not looked at: it needs the database.")
        return
    for subject, check in WITH_DATABASE.items():
        yield from _looked_at(subject, check, examination)


def examine_data(examination: Examination) -> Iterator[Finding]:
    """Look at what a backup brings: the data and its keys, not the processes that are yet to be started."""
    for subject in ("migrations", "sealing keys", "index epochs", "counts"):
        yield from _looked_at(subject, WITH_DATABASE[subject], examination)


def _looked_at(subject: str, check: Check, examination: Examination) -> Iterator[Finding]:
    """Turn what a check raises about the database into a finding of its own."""
    try:
        yield from check(examination)
    except (DatabaseError, InterfaceError) as error:
        if not connection.in_atomic_block:
            connection.close()
        yield fail(subject, str(error).strip().partition("\n")[0])
