"""Does the time of an answer tell a stranger who has signed? Run by `make bench-answers`.

Signs over HTTP for a mailbox that is new, one that has signed and one whose attempts are held, interleaved,
and compares how long each answer takes. Ends with status 1 when two medians differ by more than 5 %.
"""

import os
import random
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from tests.database import TestDatabase
from tests.journeys.conftest import Visitor, link_in, organisation_make, petition_publish
from tests.messaging.servers import serving
from tests.site import FORM, site_make
from tests.waiting import until
from undersign.foundation.postgres import server_running
from undersign.foundation.postgres.layout import layout_of

ROUNDS = 1000  # of one request of each kind
BOUND = 1.05

Typed = Callable[[int], dict[str, str]]
KINDS: dict[str, Typed] = {
    "new": lambda number: {"email": f"new{number}@people.example"},
    "repeated": lambda _number: {"email": "alice@people.example"},
    "held": lambda number: {"email": f"held{number}@people.example", "reference": "https://spam.example"},
}


def main() -> None:
    shared = Path(os.environ["UNDERSIGN_TEST_DIR"])
    try:
        with site_running(shared) as visitor:
            seconds = measure(visitor)
    finally:
        shutil.rmtree(layout_of(shared).home, ignore_errors=True)
        shutil.rmtree(shared, ignore_errors=True)
    sys.exit(not report(seconds))


def report(seconds: dict[str, list[float]]) -> bool:
    """Print a table, and tell whether the medians are within the bound."""
    medians = {kind: statistics.median(times) for kind, times in seconds.items()}
    fastest = min(medians.values())
    print(f"{'mailbox':<10}{'requests':>9}{'median ms':>11}{'p95 ms':>9}{'of fastest':>12}")
    for kind, times in seconds.items():
        p95 = statistics.quantiles(times, n=20)[-1]
        print(
            f"{kind:<10}{len(times):>9}{medians[kind] * 1000:>11.3f}{p95 * 1000:>9.3f}"
            f"{medians[kind] / fastest:>12.1%}"
        )
    return max(medians.values()) <= BOUND * fastest


@contextmanager
def site_running(shared: Path) -> Iterator[Visitor]:
    """Serve one petition that Alice has signed and confirmed already."""
    data_dir = shared / "site"
    data_dir.mkdir()
    with server_running(shared) as server_url, serving() as mail_server:
        database = TestDatabase(server_url, "undersign_bench")
        database.create()
        page = petition_publish(organisation_make())
        site = site_make(database_url=database.url, data_dir=data_dir, shared=shared)
        site.environment["UNDERSIGN_MAIL_URL"] = f"smtp://127.0.0.1:{mail_server.port}/?tls=off"
        with site:
            visitor = Visitor(site, f"/p/{page.slug}/")
            until(lambda: visitor.sign().status == 303)
            with site.worker():
                until(lambda: mail_server.recipients, patience=60)
                confirmed = site.post(link_in(mail_server, visitor.email), {})
            assert confirmed.headers["location"] == f"{visitor.path}thanks/"
            yield visitor
        database.drop()


def measure(visitor: Visitor) -> dict[str, list[float]]:
    """Time one request of each kind in each round, in an order by chance, on one connection."""
    connection = HTTPConnection("127.0.0.1", visitor.site.port)
    form, chance = visitor.form(), random.Random(1)  # noqa: S311 -- the same order in every run
    seconds: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for number in range(-20, ROUNDS):  # the first rounds warm up
        for kind in chance.sample(list(KINDS), len(KINDS)):
            taken = timed(connection, visitor.path, {**form, **KINDS[kind](number)})
            if number >= 0:
                seconds[kind].append(taken)
    connection.close()
    return seconds


def timed(connection: HTTPConnection, path: str, values: dict[str, str]) -> float:
    body = urlencode(values).encode()
    start = time.perf_counter()
    connection.request("POST", path, body, {"Content-Type": FORM})
    answer = connection.getresponse()
    answer.read()
    taken = time.perf_counter() - start
    assert answer.status == 303, answer.status
    return taken


if __name__ == "__main__":
    main()
