"""undersign siege: attacks, and what becomes of them."""

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from django.conf import settings

from undersign.config.database import say
from undersign.config.siege.besieged import (
    DidNotStart,
    NotLocal,
    besieged,
    besieged_require,
    loopback_require,
)
from undersign.config.siege.report import report_print, report_write
from undersign.config.siege.running import LONG, SHORT, siege_run
from undersign.foundation.postgres.errors import PostgresUnavailable


@click.command(name="siege")
@click.option("--short", is_flag=True, help="A few hundred signers, for continuous integration.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the results go; bench/results/siege-<date>.json, or …-short.json, unless given.",
)
@click.option("--inside", is_flag=True, hidden=True, help="Attack the instance whose settings these are.")
def command(*, short: bool, output: Path | None, inside: bool) -> None:
    """Attack an instance made for this, on this machine, and report what came through.

    It starts a PostgreSQL and a site of its own in a new directory, lets honest people and attackers sign a
    demo petition, has a moderator remove what came through, and deletes everything. Nothing else is touched.
    """
    form = "-short" if short else ""
    path = output or Path(f"bench/results/siege-{datetime.now(UTC):%Y-%m-%d}{form}.json")
    if inside:
        attack(short=short, path=path)
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what was begun is cleaned up
    arguments = ["--inside", "--output", str(path.absolute()), *(["--short"] if short else [])]
    say("Making an instance to besiege …")
    try:
        with besieged() as environment:
            program = [sys.executable, "-m", "undersign.config", "siege", *arguments]
            done = subprocess.run(program, env=environment, check=False)
    except (DidNotStart, PostgresUnavailable) as error:
        raise click.ClickException(str(error)) from error
    sys.exit(done.returncode)


def _print(line: str) -> None:
    """Print a line above the bar, which stands in for sys.stdout where both are at one terminal."""
    click.echo(line, file=sys.stdout)


def attack(*, short: bool, path: Path) -> None:
    """Run the siege against the instance of our settings; ends with status 1 where a promise was not kept."""
    try:
        loopback_require(settings.BASE_URL)
        besieged_require(settings.DATA_DIR)
    except NotLocal as error:
        raise click.ClickException(str(error)) from error
    report = siege_run(size=SHORT if short else LONG, url=settings.BASE_URL, say=_print)
    report_print(report)
    report_write(report, path)
    click.echo(f"Written to {path}.")
    if report.failures:
        raise click.ClickException("Not as promised: " + "; ".join(report.failures))
