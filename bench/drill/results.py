"""What a drill came to, kept by its day."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.results import DIRECTORY
from undersign.config.machine import machine

COLUMNS = ("name", "passed", "acknowledged", "lost", "doubled", "seconds_down", "mails_doubled")


def results_keep(results: Sequence[dict[str, Any]], *, is_short: bool) -> Path:
    """Write today's file. A case that was played before on this day is replaced, the others stay."""
    path = DIRECTORY / f"drill-{datetime.now(UTC).date()}{'-short' if is_short else ''}.json"
    path.parent.mkdir(exist_ok=True)
    kept = json.loads(path.read_text())["cases"] if path.exists() else []
    cases = {case["name"]: case for case in [*kept, *results]}
    document = {"machine": machine(), "cases": list(cases.values())}
    path.write_text(json.dumps(document, indent=1) + "\n")
    return path


def table(results: Sequence[dict[str, Any]]) -> str:
    """Lay results out for a terminal or a page of Markdown."""
    rows = [COLUMNS, ("---",) * len(COLUMNS)]
    rows += [tuple(str(result.get(column, "not known")) for column in COLUMNS) for result in results]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
