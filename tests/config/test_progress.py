"""Long work shows how far it has come: to whoever watches, and to nobody else."""

import os
import subprocess
import sys

import pytest

from undersign.config import progress
from undersign.config.progress import LINES_VARIABLE, progress_bar

WORK = """
import sys
import click
from undersign.config.progress import progress_bar
with progress_bar("Petitions", total=3) as progress:
    progress(2)
    click.echo("A petition.", file=sys.stdout)
    progress(3)
"""


def test_nothing_is_drawn_where_nobody_watches(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("FORCE_COLOR", "TTY_COMPATIBLE", LINES_VARIABLE):
        monkeypatch.delenv(variable, raising=False)
    with progress_bar("Petitions", total=3) as advance:
        advance(3)
    assert capfd.readouterr() == ("", "")


def test_below_up_a_line_says_it_from_time_to_time(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LINES_VARIABLE, "yes")
    with progress_bar("Petitions", total=3000) as advance:
        advance(1)  # too soon to be told
        monkeypatch.setattr(progress, "LINE_EVERY", 0.0)
        advance(2000)
    assert capfd.readouterr() == ("", "Petitions: 2,000 of 3,000\n")


def test_a_terminal_gets_a_bar_and_a_file_what_is_printed() -> None:
    # Rich takes the pipe for a terminal then. Not every container has a pseudo-terminal.
    environment = {**os.environ, "TERM": "xterm", "FORCE_COLOR": "1"}
    done = subprocess.run([sys.executable, "-c", WORK], env=environment, capture_output=True, check=True)
    assert done.stdout == b"A petition.\n"
    assert b"3/3" in done.stderr
