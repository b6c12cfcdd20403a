"""What changed between two texts, as a page shows it: only the passages around a change."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from django.utils.functional import Promise


class Change(StrEnum):
    """What happened to some words."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Words:
    """A run of words that stayed, came or went. Plain text; line breaks count."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, or the end or the beginning of one that only leads to a change."""

    is_gap: ClassVar[bool] = False
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Paragraphs that stayed as they were and are not shown."""

    is_gap: ClassVar[bool] = True
    paragraphs: int


@dataclass(frozen=True, slots=True)
class TextPart:
    """One part of a text, such as its letter, under the name that readers know it by."""

    heading: str | Promise
    pieces: tuple[Passage | Gap, ...]
