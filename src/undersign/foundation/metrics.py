"""What Prometheus may ask: numbers of requests, pages, attempts, mails and batches; nothing about people.

The web server runs several processes. When `PROMETHEUS_MULTIPROC_DIR` is set before this module is
imported, each process writes its numbers to files in that directory and `metrics_response` adds them up.
"""

import contextlib
import os
from collections import defaultdict
from pathlib import Path

import psutil
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from undersign.foundation.page_cache import Counts

_DIRECTORY_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

REQUESTS = Counter("undersign_requests", "Requests that reached a handler", ["route", "status"])
PAGES = Counter("undersign_page_cache_answers", "Answers of the page cache", ["how"])
ATTEMPTS = Counter("undersign_attempts", "Signature attempts", ["outcome"])
HELD = Counter("undersign_attempts_held", "Attempts that wait for a moderator", ["reason"])
PROOFS = Counter("undersign_proofs", "Proofs demanded of forms from crowded networks, and taken", ["what"])
ALLOWED = Counter("undersign_allowed", "Forms that an allow list let pass", ["kind"])
MAIL_DOMAINS = Counter("undersign_mail_domains", "Mail domains that are new here, and looked up", ["what"])
CONFIRMATIONS = Counter("undersign_confirmations", "Confirmations", ["outcome"])
MAILS = Counter("undersign_mails", "Mails handed to the transport", ["kind", "outcome"])
OUTBOX_AGE = Gauge(
    "undersign_outbox_age_seconds", "Age of the oldest mail that is due", multiprocess_mode="mostrecent"
)
INTAKE_WAITING = Gauge(
    "undersign_intake_waiting", "Messages of the stream not yet written", multiprocess_mode="mostrecent"
)
INTAKE_AGE = Gauge(
    "undersign_intake_age_seconds", "Age of the oldest of them", multiprocess_mode="mostrecent"
)
INTAKE_DEAD = Gauge(
    "undersign_intake_dead",
    "Messages put aside because they cannot be written",
    multiprocess_mode="mostrecent",
)
INTAKE_DRAINED = Counter(
    "undersign_intake_drained", "Attempts written from the stream; messages put back or aside", ["outcome"]
)
QUEUE_DEPTH = Gauge(
    "undersign_commit_waiting", "Items waiting for their batch", ["queue"], multiprocess_mode="livesum"
)
BATCH_SIZE = Histogram(
    "undersign_commit_batch_size", "Items in a batch", ["queue"], buckets=(1, 2, 5, 10, 20, 50, 100, 200)
)
FLUSH_SECONDS = Histogram(
    "undersign_commit_seconds",
    "Time to commit a batch, retries included",
    ["queue"],
    buckets=(0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class Tally:
    """Counts for one Prometheus counter in plain integers, and brings them over when asked.

    Where processes share their numbers, an increment writes to a mapped file and takes as long as reading a
    form; requests count here and `tallies_report` is called once a second.
    """

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._counts: defaultdict[tuple[str, ...], int] = defaultdict(int)

    def count(self, *labels: str) -> None:
        """Count one more."""
        self._counts[labels] += 1

    def report(self) -> None:
        """Bring over what was counted since the last time."""
        counts, self._counts = self._counts, defaultdict(int)
        for labels, number in counts.items():
            self._counter.labels(*labels).inc(number)


REQUESTS_TALLY, ATTEMPTS_TALLY, CONFIRMATIONS_TALLY = Tally(REQUESTS), Tally(ATTEMPTS), Tally(CONFIRMATIONS)


def tallies_report() -> None:
    """Bring over what this process has counted."""
    for tally in (REQUESTS_TALLY, ATTEMPTS_TALLY, CONFIRMATIONS_TALLY):
        tally.report()


class CommitWatch:
    """Counts the batches of the group commit called `queue`."""

    def __init__(self, queue: str) -> None:
        self._waiting = QUEUE_DEPTH.labels(queue)
        self._size = BATCH_SIZE.labels(queue)
        self._seconds = FLUSH_SECONDS.labels(queue)

    def flushed(self, *, size: int, seconds: float, waiting: int) -> None:
        """Count a batch of `size` items that took `seconds` while `waiting` others were queued."""
        self._size.observe(size)
        self._seconds.observe(seconds)
        self._waiting.set(waiting)


class CacheReport:
    """Carries the counts of a page cache over to Prometheus; call it once a second.

    The cache itself counts in plain integers, because a hit takes about as long as a Prometheus counter.
    """

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._reported = Counts()

    def __call__(self) -> None:
        """Report what happened since the last call, and what requests have counted."""
        tallies_report()
        for how in ("hits", "stale", "misses", "unavailable"):
            count = getattr(self._counts, how)
            PAGES.labels(how).inc(count - getattr(self._reported, how))
            setattr(self._reported, how, count)


def metrics_prepare(directory: Path) -> None:
    """Empty `directory` and have the processes started from here on share it; call before starting them."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in directory.glob("*.db"):
        file.unlink()
    os.environ[_DIRECTORY_VARIABLE] = str(directory)


def metrics_response() -> tuple[str, bytes]:
    """Return the content type and the text of all metrics of all processes."""
    tallies_report()
    directory = os.environ.get(_DIRECTORY_VARIABLE)
    if not directory:
        return CONTENT_TYPE_LATEST, generate_latest(REGISTRY)
    _forget_dead_processes(Path(directory))
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=directory)  # type: ignore[no-untyped-call]
    return CONTENT_TYPE_LATEST, generate_latest(registry)


def _forget_dead_processes(directory: Path) -> None:
    """Drop the live gauges of processes that ended; their counters stay, since counters never go down."""
    for file in directory.glob("gauge_live*.db"):
        pid = int(file.stem.rpartition("_")[2])
        if not psutil.pid_exists(pid):
            with contextlib.suppress(FileNotFoundError):  # another process was faster
                mark_process_dead(pid, str(directory))  # type: ignore[no-untyped-call]
