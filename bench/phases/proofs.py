"""Signatures with a proof of work in each form, demanded and checked, against single-row commits."""

import secrets
from functools import partial

import psycopg

from bench.floors.pgbench import Pgbench
from bench.pace import Pace
from bench.people import address, people
from bench.phases.writes import CONNECTIONS, check_durable, rows
from bench.requests import post, prepare
from bench.results import Results
from bench.rounds import interleaved, ratio, summary
from bench.stage import SLUG, Stage
from bench.wrk import LoadFailed, peak

MOST = 5_000  # a second
DEMANDED = {"UNDERSIGN_NETWORK_PACE": "0"}  # of everybody
WORK_FIELD = "altcha"


def measure(stage: Stage, results: Results, pace: Pace) -> None:
    """Measure the row `sign_with_proof_vs_pgbench`."""
    pgbench = Pgbench(stage.database_url, stage.directory)
    usual = dict(stage.site.environment)
    stage.site.environment.update(DEMANDED)
    try:
        with stage.site:
            contenders = {
                "sign_with_proof": partial(signing_with_proof, stage, pace),
                "pgbench_beside_proof": partial(pgbench.rate, seconds=pace.seconds),
            }
            rates = interleaved(contenders, rounds=pace.rounds)
    finally:
        stage.site.environment = usual
    results.add("rates", summary(rates))
    pair = ("sign_with_proof", "pgbench_beside_proof")
    results.add("ratios", {"sign_with_proof_vs_pgbench": ratio(rates, *pair)})


def signing_with_proof(stage: Stage, pace: Pace) -> float:
    """Sign with a new mailbox and a new proof in every request: a proof is good for one form."""
    form, number = stage.form(), MOST * pace.seconds
    solved = stage.run_module("bench.solving", str(petition_id(stage)), str(number)).split()
    everybody = enumerate(zip(people(secrets.token_hex(3), number), solved, strict=True))
    requests = (
        post("sign", stage.path, {**form, **each, WORK_FIELD: proof}, address=address(n))
        for n, (each, proof) in everybody
    )
    prepared = prepare(requests, stage.scratch("proofs"), threads=2)
    before = rows(stage, "signing_attempt")
    answers = peak(stage.site.url, prepared, seconds=pace.seconds, connections=CONNECTIONS)
    check_durable(answers.requests, rows(stage, "signing_attempt") - before)
    if answers.rounds > 1:
        raise LoadFailed(f"There were only {number} proofs.")
    return answers.rate


def petition_id(stage: Stage) -> int:
    """Find the petition that proofs are made for."""
    with psycopg.connect(stage.database_url) as connection:
        found = connection.execute("SELECT id FROM campaigns_petition WHERE slug = %s", [SLUG]).fetchone()
    assert found
    return int(found[0])
