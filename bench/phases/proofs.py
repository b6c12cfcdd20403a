"""Signatures with a proof of work in each form, demanded and checked, against single-row commits."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import psycopg

from bench.floors.pgbench import Pgbench
from bench.pace import Pace
from bench.people import addresses, people
from bench.phases.writes import CONNECTIONS, CORES, check_durable, rows
from bench.requests import Request, post, prepare
from bench.results import Results
from bench.rounds import interleaved, ratio, summary
from bench.stage import SLUG, Stage
from bench.wrk import peak, with_enough

PROOFS = 4_000 * CORES  # that there are, each second
DEMANDED = {"UNDERSIGN_NETWORK_PACE": "0"}  # of everybody
WORK_FIELD = "altcha"


def measure(stage: Stage, results: Results, pace: Pace) -> None:
    """Measure the row `sign_with_proof_vs_pgbench`."""
    pgbench = Pgbench(stage.database_url, stage.directory)
    with site_demanding_proofs(stage):
        contenders = {
            "sign_with_proof": partial(signing_with_proof, stage, pace),
            "pgbench_beside_proof": partial(pgbench.rate, seconds=pace.seconds),
        }
        rates = interleaved(contenders, rounds=pace.rounds)
    results.add("rates", summary(rates))
    pair = ("sign_with_proof", "pgbench_beside_proof")
    results.add("ratios", {"sign_with_proof_vs_pgbench": ratio(rates, *pair)})


@contextmanager
def site_demanding_proofs(stage: Stage) -> Iterator[None]:
    """Serve with a proof of work demanded of everybody."""
    usual = dict(stage.site.environment)
    stage.site.environment.update(DEMANDED)
    try:
        with stage.site:
            yield
    finally:
        stage.site.environment = usual


def signing_with_proof(stage: Stage, pace: Pace) -> float:
    """Sign, and make sure that what was accepted is there."""
    return with_enough(partial(_signing_with_proof, stage, pace), PROOFS * pace.seconds)


def _signing_with_proof(stage: Stage, pace: Pace, number: int) -> float:
    prepared = prepare(forms_with_proof(stage, number), stage.scratch("proofs"), threads=2)
    before = rows(stage, "signing_attempt")
    answers = peak(stage.site.url, prepared, seconds=pace.seconds, connections=CONNECTIONS, again=False)
    check_durable(answers.requests, rows(stage, "signing_attempt") - before)
    return answers.rate


def forms_with_proof(stage: Stage, number: int) -> Iterator[Request]:
    """Fill in forms, each with a new mailbox and a new proof: a proof is good for one form."""
    form = stage.form()
    solved = stage.run_module("bench.solving", str(petition_id(stage)), str(number)).split()
    everybody = zip(people(secrets.token_hex(3), len(solved)), solved, addresses(), strict=False)
    return (
        post("sign", stage.path, {**form, **each, WORK_FIELD: proof}, address=address)
        for each, proof, address in everybody
    )


def petition_id(stage: Stage) -> int:
    """Find the petition that proofs are made for."""
    with psycopg.connect(stage.database_url) as connection:
        found = connection.execute("SELECT id FROM campaigns_petition WHERE slug = %s", [SLUG]).fetchone()
    assert found
    return int(found[0])
