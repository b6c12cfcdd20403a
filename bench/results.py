"""The file of results: each phase of a run adds what it has measured."""

import json
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

DIRECTORY = Path(__file__).resolve().parent / "results"


class Results:
    """What one run has measured so far, by section: `ratios`, `rates`, `p99_ms`, `memory_mb`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sections: dict[str, dict[str, Any]] = json.loads(path.read_text()) if path.exists() else {}

    def add(self, section: str, values: Mapping[str, Any]) -> None:
        """Note values and write the file, so that a phase that fails later loses nothing."""
        self.sections.setdefault(section, {}).update(values)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self.sections, indent=2, sort_keys=True) + "\n")


def results_of_today(*, is_short: bool) -> Path:
    """Name the file of this day; what a short form says is kept apart, and out of the repository."""
    return DIRECTORY / f"{datetime.now(UTC).date()}{'-short' if is_short else ''}.json"


def commit() -> str:
    """Name the commit that is checked out, and say where files differ from it."""
    commit = _git("rev-parse", "--short", "HEAD")
    changed = _git("status", "--porcelain", "--", ".", ":!bench/results")
    return (f"{commit}, with changes" if changed else commit) or "unknown"


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    home = DIRECTORY.parent.parent
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=home).stdout.strip()
