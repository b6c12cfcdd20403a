"""What an examination finds."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import connection


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, and in words what to do about it."""

    subject: str
    level: Level
    text: str

    def as_json(self) -> dict[str, str]:
        """Give it as JSON knows it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Examination:
    """What checks need to know. `is_exact` looks at every sealed value, however many there are."""

    at: datetime
    keys_file: Path
    data_dir: Path
    is_exact: bool = False


Check = Callable[[Examination], Iterable[Finding]]


def ok(subject: str, text: str) -> Finding:
    """Say that something is well."""
    return Finding(subject, Level.OK, text)


def warn(subject: str, text: str) -> Finding:
    """Say that somebody should look after something."""
    return Finding(subject, Level.WARN, text)


def fail(subject: str, text: str) -> Finding:
    """Say that something is broken."""
    return Finding(subject, Level.FAIL, text)


def rows(statement: Any, *values: Any) -> list[Any]:
    """Run a statement on Django's connection and give what it returns."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
