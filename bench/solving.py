"""Solve proofs of work beforehand: `python -m bench.solving PETITION NUMBER`, in the instance's environment.

Prints one solution a line, each of a challenge of its own. The challenges let a single number be tried, so
that solving takes less than in a browser; checking one costs the site what any other costs.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "undersign.config.settings")

import django

django.setup()

import click
from altcha import solve_challenge
from django.conf import settings

from undersign.foundation.ids import uuid7
from undersign.foundation.keys.file import load_keys
from undersign.moderation.work import WorkProofs, challenge_read, solution_encode

PROCESSES = 2


@click.command()
@click.argument("petition_id", type=int)
@click.argument("number", type=int)
def main(petition_id: int, number: int) -> None:
    """Print so many solutions."""
    with ProcessPoolExecutor(PROCESSES) as pool:
        for lines in pool.map(partial(solutions, petition_id), [-(-number // PROCESSES)] * PROCESSES):
            click.echo("\n".join(lines))


def solutions(petition_id: int, number: int) -> list[str]:
    """Make challenges and solve them."""
    return list(_solutions(WorkProofs.of(load_keys(settings.KEYS_FILE)), petition_id, number))


def _solutions(work: WorkProofs, petition_id: int, number: int) -> Iterator[str]:
    for _ in range(number):
        challenge = work.challenge(proof_id=uuid7(datetime.now(UTC)), petition_id=petition_id, numbers=1)
        solution = solve_challenge(challenge_read(challenge))
        assert solution
        yield solution_encode(challenge, counter=solution.counter, derived_key=solution.derived_key)


if __name__ == "__main__":
    main()
