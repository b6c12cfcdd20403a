"""The night a petition goes viral: 300 watch the number and 10 read the page for each one who signs.

At the rate of the busiest petition there has been (2019 in Britain: almost 2,000 signatures a minute), with
the worker mailing to an SMTP server on loopback and folding the count. 60 % open their link and confirm.
"""

import random
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg

from bench.links import confirm, show
from bench.pace import Pace
from bench.phases.writes import forms, links_enough
from bench.requests import Prepared, Request, get, prepare
from bench.results import Results
from bench.smtp_sink import sinking
from bench.stage import Stage
from bench.wrk import Answers, open_loop

SIGNATURES = 2000 / 60  # a second
POLLS, VIEWS, CONFIRMED = 300, 10, 0.6  # for each signature
READERS, SIGNERS = 2, 1  # processes

OUTBOX_AGE = """
SELECT coalesce(extract(epoch FROM now() - min(not_before)), 0) FROM messaging_outboxmail
WHERE status = 'queued' AND not_before BETWEEN %s AND now()
"""


def measure(stage: Stage, results: Results, pace: Pace) -> None:
    """Measure latencies, errors and the age of the outbox for some minutes."""
    seconds = pace.viral_seconds
    with sinking() as sink:
        settings = {"UNDERSIGN_MAIL_URL": f"smtp://127.0.0.1:{sink.port}/?tls=off"}
        with stage.site:
            readers, signers = reading(stage), signing(stage, pace)
            empty_outbox(stage)
            with stage.worker(settings), outbox_watched(stage) as ages:
                answers = both(stage, readers, signers, seconds)
        mails = sink.tally().mails
    p99 = max(each.milliseconds(99) for each in answers)
    errors = sum(each.errors.total() + each.broken for each in answers)
    told = {
        "seconds": seconds,
        "outbox_age_s": round(max(ages), 1),
        "errors": errors,
        "mails": mails,
    }
    results.add("viral_hour", {**_told(answers), **told})
    results.add("p99_ms", {"viral_hour": p99})
    print(f"viral hour: p99 {p99} ms, {told}", flush=True)


def empty_outbox(stage: Stage) -> None:
    """Leave no mails of other measurements to the worker."""
    with psycopg.connect(stage.database_url, autocommit=True) as connection:
        connection.execute("TRUNCATE messaging_outboxmail CASCADE")


def reading(stage: Stage) -> Prepared:
    """Prepare polls and views; they are sent again and again."""
    requests = [get("poll", stage.poll_path)] * POLLS + [get("view", stage.path)] * VIEWS
    return _shuffled(requests * READERS, stage, "viral-reading", READERS)


def signing(stage: Stage, pace: Pace) -> Prepared:
    """Prepare as many forms as come in that time, and what those do who confirm earlier attempts."""
    number = round(1.3 * SIGNATURES * pace.viral_seconds)
    paths = links_enough(stage, round(CONFIRMED * number), pace)
    return _shuffled(
        [*forms(stage, number), *map(show, paths), *map(confirm, paths)], stage, "signing", SIGNERS
    )


def both(stage: Stage, readers: Prepared, signers: Prepared, seconds: int) -> tuple[Answers, Answers]:
    """Let readers and signers come at the same time, and give their answers."""
    url = stage.site.url
    with ThreadPoolExecutor() as pool:
        read = pool.submit(open_loop, url, readers, seconds=seconds, rate=SIGNATURES * (POLLS + VIEWS))
        signed = pool.submit(open_loop, url, signers, seconds=seconds, rate=SIGNATURES * (1 + 2 * CONFIRMED))
        return read.result(), signed.result()


@contextmanager
def outbox_watched(stage: Stage) -> Iterator[list[float]]:
    """Note once a second how long the oldest mail has been due, of those that are queued from now on."""
    ages, is_over, since = [0.0], threading.Event(), datetime.now(UTC)

    def watch() -> None:
        with psycopg.connect(stage.database_url, autocommit=True) as connection:
            while not is_over.wait(1):
                found = connection.execute(OUTBOX_AGE, [since]).fetchone()
                assert found
                ages.append(float(found[0]))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield ages
    finally:
        is_over.set()
        thread.join()


def _told(answers: Iterable[Answers]) -> dict[str, dict[str, float]]:
    return {
        kind: {
            "per_second": round(each.latencies[kind].total() / each.seconds, 1),
            "p50_ms": each.milliseconds(50, kind),
            "p99_ms": each.milliseconds(99, kind),
        }
        for each in answers
        for kind in each.latencies
    }


def _shuffled(requests: list[Request], stage: Stage, name: str, threads: int) -> Prepared:
    random.Random(1).shuffle(requests)  # noqa: S311 -- the same order in every run
    return prepare(requests, stage.scratch(name), threads=threads)
