"""Progress of long work: a bar at a terminal, lines in the log of `undersign up`, elsewhere nothing."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from undersign.config.database import say

Advance = Callable[[int], None]

# `undersign up` sets it for its parts where somebody watches the log that it merges.
LINES_VARIABLE = "UNDERSIGN_PROGRESS_LINES"
LINE_EVERY = 2.0  # seconds


@contextmanager
def progress_bar(label: str, *, total: int | None) -> Iterator[Advance]:
    """Show how far the work has come; the function it gives takes what is done so far, of `total`."""
    console = Console(stderr=True)
    if os.environ.get(LINES_VARIABLE):
        yield _lines(label, total)
    elif not console.is_terminal:
        yield lambda _done: None
    else:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        # What is printed meanwhile goes above the bar, unless it goes to a file.
        is_shared = sys.stdout.isatty()
        with Progress(*columns, console=console, redirect_stdout=is_shared) as bar:
            task = bar.add_task(label, total=total)
            yield lambda done: bar.update(task, completed=done)


def _lines(label: str, total: int | None) -> Advance:
    said_at = time.monotonic()

    def advance(done: int) -> None:
        nonlocal said_at
        if time.monotonic() - said_at >= LINE_EVERY:
            said_at = time.monotonic()
            say(f"{label}: {done:,}" if total is None else f"{label}: {done:,} of {total:,}")

    return advance
