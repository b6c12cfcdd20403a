"""undersign doctor: whether this instance is well."""

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime

import click
from django.conf import settings

from undersign.config.database import database_available
from undersign.config.doctor.examination import examine
from undersign.config.doctor.findings import Examination, Finding, Level

COLOURS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}


@click.command(name="doctor")
@click.option("--strict", is_flag=True, help="Let warnings, too, make the exit status 1.")
@click.option("--exact", is_flag=True, help="Look at every sealed value, also where there are many millions.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for monitoring.")
@database_available()
def command(*, strict: bool, exact: bool, as_json: bool) -> None:
    """Look whether everything is well: one line each, and exit status 1 if anything failed.

    It changes nothing and may run at any time, also from monitoring.
    """
    findings = []
    for finding in examine(examination_now(is_exact=exact)):
        findings.append(finding)
        if not as_json:
            click.echo(line(finding))
    if as_json:
        click.echo(json.dumps([finding.as_json() for finding in findings], indent=1))
    sys.exit(exit_status(findings, is_strict=strict))


def examination_now(*, is_exact: bool = False) -> Examination:
    """Take the settings and the time of this process."""
    return Examination(
        at=datetime.now(UTC), keys_file=settings.KEYS_FILE, data_dir=settings.DATA_DIR, is_exact=is_exact
    )


def line(finding: Finding) -> str:
    """Draw one finding; click leaves the colour out where there is no terminal."""
    level = click.style(f"{finding.level:<4}", fg=COLOURS[finding.level], bold=True)
    return f"{level}  {finding.subject:<14} {finding.text}"


def exit_status(findings: Iterable[Finding], *, is_strict: bool = False) -> int:
    """Give 1 if something failed, or in strict mode if somebody should look after something; else 0."""
    bad = {Level.FAIL, Level.WARN} if is_strict else {Level.FAIL}
    return int(any(finding.level in bad for finding in findings))
