"""Signatures accepted and confirmed, against PostgreSQL's single-row commits and a plain Django view."""

import os
import secrets
from collections.abc import Iterator
from functools import partial

import psycopg
from psycopg import sql

from bench.floors.pgbench import Pgbench
from bench.links import confirm, links
from bench.pace import Pace
from bench.people import addresses, people
from bench.plain_django.running import SLUG, plain_django_serving
from bench.requests import Request, post, prepare
from bench.results import Results
from bench.rounds import Contender, interleaved, ratio, summary
from bench.stage import WORKERS, Stage
from bench.wrk import peak, with_enough

CONNECTIONS = 256
# What there are requests for, each a second.
CORES = len(os.sched_getaffinity(0))
SIGNED, CONFIRMED, SIGNED_AT_DJANGO = 6_000 * CORES, 4_000 * CORES, 1_250 * CORES
WRITTEN = ("signing_attempt", "messaging_outboxmail")  # a row in each for every form
RATIOS = {
    "sign_vs_pgbench": ("sign", "pgbench"),
    "confirm_vs_pgbench": ("confirm", "pgbench"),
    "sign_vs_plain_django": ("sign", "plain_django"),
}


def measure(stage: Stage, results: Results, pace: Pace) -> None:
    """Measure the rows of RATIOS. The worker is not running: nobody mails or folds counts meanwhile."""
    pgbench = Pgbench(stage.database_url, stage.directory)
    with stage.site, plain_django_serving(stage.database_url, workers=WORKERS) as django_url:
        contenders = {
            "sign": partial(signing, stage, pace),
            "confirm": partial(confirming, stage, pace),
            "plain_django": django_signing(stage, django_url, pace),
            "pgbench": partial(pgbench.rate, seconds=pace.seconds),
        }
        signing(stage, pace)  # warms up
        rates = interleaved(contenders, rounds=pace.rounds)
    results.add("rates", summary(rates))
    results.add("machine", {"postgres": pgbench.version})
    results.add("ratios", {name: ratio(rates, *pair) for name, pair in RATIOS.items()})


def signing(stage: Stage, pace: Pace) -> float:
    """Sign with a new mailbox in every request, and make sure that what was accepted is there."""
    prepared = prepare(forms(stage, SIGNED * pace.seconds), stage.scratch("sign"), threads=2)
    before = [rows(stage, table) for table in WRITTEN]
    answers = peak(stage.site.url, prepared, seconds=pace.seconds, connections=CONNECTIONS)
    for table, was in zip(WRITTEN, before, strict=True):
        check_durable(answers.requests, rows(stage, table) - was)
    return answers.rate


def confirming(stage: Stage, pace: Pace) -> float:
    """Confirm attempts, each once, and make sure that what was confirmed has become a signature."""
    return with_enough(partial(_confirming, stage, pace), CONFIRMED * pace.seconds)


def _confirming(stage: Stage, pace: Pace, number: int) -> float:
    paths = links_enough(stage, number, pace)
    prepared = prepare(map(confirm, paths), stage.scratch("confirm"), threads=2)
    before = rows(stage, "signing_signature")
    answers = peak(stage.site.url, prepared, seconds=pace.seconds, connections=CONNECTIONS, again=False)
    check_durable(answers.requests, rows(stage, "signing_signature") - before)
    return answers.rate


def links_enough(stage: Stage, number: int, pace: Pace) -> list[str]:
    """Make the paths of so many links. While there are fewer attempts, people sign."""
    while len(paths := links(stage, number)) < number:
        signing(stage, pace)
    return paths


def django_signing(stage: Stage, url: str, pace: Pace) -> Contender:
    """Sign at the plain Django site: the same form, its one consent under the name that it has there."""
    asked = {
        name: value for name, value in stage.form().items() if not name.startswith(("consent_", "wording_"))
    }
    everybody = people(secrets.token_hex(3), SIGNED_AT_DJANGO * pace.seconds)
    requests = (post("sign", f"/p/{SLUG}/", {**asked, **each, "wants_updates": "no"}) for each in everybody)
    prepared = prepare(requests, stage.scratch("django"), threads=2)

    def measured() -> float:
        return peak(url, prepared, seconds=pace.seconds, connections=CONNECTIONS).rate

    measured()  # warms up
    return measured


def forms(stage: Stage, number: int) -> Iterator[Request]:
    """Fill in so many forms, each with a mailbox that nobody has signed with before."""
    form, path = stage.form(), f"{stage.path}?source=leaflet"
    everybody = zip(people(secrets.token_hex(3), number), addresses(), strict=False)
    return (post("sign", path, {**form, **each}, address=address) for each, address in everybody)


def rows(stage: Stage, table: str) -> int:
    """Count the rows of a table."""
    with psycopg.connect(stage.database_url) as connection:
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        found = connection.execute(query).fetchone()
    assert found
    return int(found[0])


def check_durable(acknowledged: int, written: int) -> None:
    """Raise AssertionError unless everything that was acknowledged is there."""
    # What was under way when the time was over is written too, without anybody having seen the answer.
    assert acknowledged <= written <= acknowledged + CONNECTIONS, (acknowledged, written)
