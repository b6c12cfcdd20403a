"""The worker: alive, and its jobs neither failing nor stuck."""

from collections.abc import Iterator
from datetime import timedelta

from undersign.config.doctor.findings import Examination, Finding, fail, ok, rows, warn
from undersign.foundation.models import Heartbeat

SILENT = timedelta(minutes=2)
FREQUENT = ("mail", "tallies")  # the others rest for up to an hour
FAILED = """
SELECT task_name, count(*) FROM procrastinate_jobs j
WHERE status = 'failed' AND (SELECT max(at) FROM procrastinate_events e WHERE e.job_id = j.id) > %s
GROUP BY 1 ORDER BY 1
"""
STALLED = """
SELECT task_name, count(*) FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
WHERE status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < %s) GROUP BY 1 ORDER BY 1
"""
OVERDUE = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND coalesce(scheduled_at, %s) < %s"


def worker(examination: Examination) -> Iterator[Finding]:
    """Look whether a worker has gone round within the last two minutes."""
    beats = dict(Heartbeat.objects.filter(loop__in=FREQUENT).values_list("loop", "at"))
    if not beats:
        yield fail("worker", "has never run. Start `undersign worker`, or `undersign up`.")
        return
    silence = examination.at - min(beats.values())
    said = f"last seen {max(silence.total_seconds(), 0):.0f} s ago"
    yield ok("worker", said) if silence < SILENT else fail("worker", f"{said}. Is it running?")


def queue(examination: Examination) -> Iterator[Finding]:
    """Look for jobs that failed within a day, were left by a worker that is gone, or are late."""
    failed = rows(FAILED, examination.at - timedelta(days=1))
    stalled = rows(STALLED, examination.at - timedelta(minutes=1))
    [[late]] = rows(OVERDUE, examination.at, examination.at - timedelta(minutes=15))
    if failed:
        yield warn("queue", f"failed within a day: {_listed(failed)}. The worker's log says why.")
    if stalled:
        yield warn("queue", f"left by a worker that is gone: {_listed(stalled)}.")
    if late:
        yield fail("queue", f"{late:,} jobs have waited for more than 15 minutes. Is a worker running?")
    if not (failed or stalled or late):
        yield ok("queue", "nothing failed, stuck or late")


def _listed(counts: list[tuple[str, int]]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in counts)
