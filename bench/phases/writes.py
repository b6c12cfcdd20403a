"""Signatures accepted and confirmed, against PostgreSQL's single-row commits and a plain Django view."""

import secrets

import psycopg

from bench.floors.pgbench import Pgbench
from bench.pace import Pace
from bench.people import people
from bench.requests import post, prepare
from bench.results import Results
from bench.rounds import Contender, interleaved, ratio, summary
from bench.stage import Stage
from bench.wrk import peak

MOST = 12_000  # signatures/s that there are forms for


def measure(stage: Stage, results: Results, pace: Pace) -> None:
    """Measure the rows `sign_vs_pgbench`, `confirm_vs_pgbench` and `sign_vs_plain_django`."""
    pgbench = Pgbench(stage.database_url, stage.directory)
    with stage.site:
        rates = interleaved(
            {"sign": signing(stage, pace), "pgbench": lambda: pgbench.rate(seconds=pace.seconds)},
            rounds=pace.rounds,
        )
    results.add("rates", summary(rates))
    results.add("machine", {"postgres": pgbench.version})
    results.add("ratios", {"sign_vs_pgbench": ratio(rates, "sign", "pgbench")})


def signing(stage: Stage, pace: Pace) -> Contender:
    """Sign with a new mailbox in every request, and make sure that what was accepted is there."""
    form = stage.form()
    run = secrets.token_hex(3)
    everybody = (post("sign", stage.path, {**form, **each}) for each in people(run, MOST * pace.seconds))
    prepared = prepare(everybody, stage.scratch("sign"), threads=2)

    def rate() -> float:
        before = rows(stage, "signing_attempt"), rows(stage, "messaging_outboxmail")
        answers = peak(stage.site.url, prepared, seconds=pace.seconds, connections=64)
        after = rows(stage, "signing_attempt"), rows(stage, "messaging_outboxmail")
        # What was under way when the time was over is written too.
        for was, is_now in zip(before, after, strict=True):
            assert answers.requests <= is_now - was <= answers.requests + 64, (answers, was, is_now)
        return answers.rate

    return rate


def rows(stage: Stage, table: str) -> int:
    """Count the rows of a table."""
    with psycopg.connect(stage.database_url) as connection:
        found = connection.execute(
            psycopg.sql.SQL("SELECT count(*) FROM {}").format(psycopg.sql.Identifier(table))
        )
        return int(found.fetchone()[0])
