"""What changed between two texts, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

WORDS = re.compile(r"\s+|\w+|[^\w\s]+")


class Change(StrEnum):
    """What happened to a part of a text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class DiffPart:
    """A run of words that stayed, came or went. Plain text; line breaks count."""

    change: Change
    text: str


def diff_words(before: str, after: str) -> tuple[DiffPart, ...]:
    """Return the parts of both texts in reading order, what was removed before what replaced it."""
    return tuple(_parts(WORDS.findall(before), WORDS.findall(after)))


def _parts(before: list[str], after: list[str]) -> Iterator[DiffPart]:
    for tag, start, end, new_start, new_end in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            yield DiffPart(Change.SAME, "".join(before[start:end]))
            continue
        if end > start:
            yield DiffPart(Change.REMOVED, "".join(before[start:end]))
        if new_end > new_start:
            yield DiffPart(Change.ADDED, "".join(after[new_start:new_end]))
