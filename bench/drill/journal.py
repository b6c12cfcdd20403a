"""What the client was told, written down before it does anything else."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    """A file of one JSON object a line: `kind`, `at` (seconds of this machine's steady clock), and more.

    Kinds: `began` and `rested` around the time in which people sign, `asked` before a form is sent, `signed`
    and `confirmed` for what the site acknowledged, `seen` for pages and counts that were read, `refused` for
    answers that acknowledge nothing, `broken` where none came.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._path = path
        self._lock = threading.Lock()

    def write(self, kind: str, **told: Any) -> None:
        line = json.dumps({"kind": kind, "at": round(time.monotonic(), 4), **told})
        with self._lock:
            self._file.write(f"{line}\n")
            self._file.flush()

    def close(self) -> None:
        self._file.close()

    def entries(self, *kinds: str) -> Iterator[dict[str, Any]]:
        with self._path.open(encoding="utf-8") as lines:
            for line in lines:
                entry = json.loads(line)
                if entry["kind"] in kinds:
                    yield entry
