"""Who was erased, outside the database: a backup that is restored must not bring them back.

One JSON object a line, in a file that only we can read:

    {"at": "2026-03-02T12:00:00+00:00", "organisation": 3, "epoch": 1, "email_key": "…64 hexadecimal digits…"}

It holds no address: `email_key` is the keyed hash under that index epoch, so the list means nothing without
the keys file. Lines are only ever added.
"""

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Erasure:
    """One mailbox that one organisation has forgotten."""

    at: datetime
    organisation_id: int
    epoch: int
    email_key: bytes

    def as_line(self) -> str:
        """Give its line, with the line's end."""
        values = {"at": self.at.isoformat(), "organisation": self.organisation_id, "epoch": self.epoch}
        return json.dumps(values | {"email_key": self.email_key.hex()}) + "\n"


def erasures_in(text: str) -> list[Erasure]:
    """Read a list; a last line that a crash cut off is left out. Raises ValueError for any other."""
    whole, _, _cut = text.rpartition("\n")
    return [_read(line) for line in whole.splitlines()]


def erasures_read(path: Path) -> list[Erasure]:
    """Read the list of this instance; there is none before the first erasure."""
    return erasures_in(path.read_text(encoding="utf-8")) if path.exists() else []


def erasure_append(path: Path, erasure: Erasure) -> None:
    """Add one line and push it to the disk."""
    _append(path, [erasure])


def erasures_merge(path: Path, text: str) -> None:
    """Add what a backup's list has and ours has not."""
    known = set(erasures_read(path))
    _append(path, [erasure for erasure in erasures_in(text) if erasure not in known])


def _append(path: Path, erasures: Iterable[Erasure]) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _end_cut_line(file.fileno())
        file.write("".join(erasure.as_line() for erasure in erasures).encode())
        file.flush()
        os.fsync(descriptor)


def _end_cut_line(descriptor: int) -> None:
    """Take away what a crash left of a line: its erasure was not finished either."""
    size = os.fstat(descriptor).st_size
    content = os.pread(descriptor, size, 0)
    os.ftruncate(descriptor, content.rfind(b"\n") + 1)


def _read(line: str) -> Erasure:
    value = json.loads(line)
    return Erasure(
        at=datetime.fromisoformat(value["at"]),
        organisation_id=int(value["organisation"]),
        epoch=int(value["epoch"]),
        email_key=bytes.fromhex(value["email_key"]),
    )
