"""What changed between two texts, word by word, paragraph beside paragraph.

Python's matcher takes time that grows with the product of both lengths, so every comparison draws on a
budget. When that is spent, what is left is shown as taken out and put in as a whole: less helpful, never
wrong, and never late.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest

from undersign.campaigns.drafts import WORDS, TextDraft

BUDGET = 2_000_000  # pairs of words looked at for one text: about a quarter of a second
# A word with the space after it; where writing has no spaces, each character.
_WORD = re.compile(r"[぀-ヿ㐀-鿿豈-﫿]|[^\s぀-ヿ㐀-鿿豈-﫿]+\s*|\s+")
_BLANK_LINES = re.compile(r"\n\s*\n")


class Kind(StrEnum):
    """What became of some words."""

    EQUAL = "equal"
    INSERTED = "inserted"
    DELETED = "deleted"


@dataclass(frozen=True)
class Segment:
    """Words that share one fate."""

    kind: Kind
    words: str


Paragraph = tuple[Segment, ...]


@dataclass(frozen=True)
class FieldDiff:
    """One part of a text, such as its letter; `name` is as in TextDraft."""

    name: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def has_changed(self) -> bool:
        """Whether anything in it is not as it was."""
        return any(part.kind != Kind.EQUAL for paragraph in self.paragraphs for part in paragraph)


def text_diff(old: TextDraft, new: TextDraft) -> tuple[FieldDiff, ...]:
    """Compare two texts, part by part, in the order they are read; parts that both lack are left out."""
    budget = _Budget(BUDGET)
    before, after = _parts(old), _parts(new)
    return tuple(
        FieldDiff(name, tuple(_paragraphs(before[name], after[name], budget)))
        for name in before
        if before[name] or after[name]
    )


def text_paragraphs(draft: TextDraft) -> dict[str, list[str]]:
    """Give the paragraphs of a text by part, in the order they are read; parts it lacks are left out."""
    return {name: paragraphs for name, paragraphs in _parts(draft).items() if paragraphs}


class _Budget:
    def __init__(self, pairs: int) -> None:
        self.left = pairs

    def matcher(self, old: Sequence[str], new: Sequence[str]) -> SequenceMatcher[str] | None:
        """Pay for comparing the two, or return None if that costs more than is left."""
        cost = len(old) * len(new)
        if cost > self.left:
            return None
        self.left -= cost
        return SequenceMatcher(None, old, new, autojunk=False)


def _parts(draft: TextDraft) -> dict[str, list[str]]:
    parts = [(name, getattr(draft, name)) for name in WORDS]
    parts.insert(2, ("targets", _targets(draft)))
    return {name: _split(words) for name, words in parts}


def _targets(draft: TextDraft) -> str:
    people = (filter(None, [who.name, who.role, who.organisation]) for who in draft.targets)
    return "\n\n".join(", ".join(person) for person in people)


def _paragraphs(before: list[str], after: list[str], budget: _Budget) -> Iterator[Paragraph]:
    """Align paragraphs first; only those that stand where others stood are compared word by word."""
    matcher = budget.matcher(before, after)
    opcodes = matcher.get_opcodes() if matcher else [("replace", 0, len(before), 0, len(after))]
    for tag, first, last, start, end in opcodes:
        if tag == "equal":
            yield from ((Segment(Kind.EQUAL, words),) for words in after[start:end])
        else:
            pairs = zip_longest(before[first:last], after[start:end], fillvalue="")
            yield from (_words(taken, put, budget) for taken, put in pairs)


def _words(old: str, new: str, budget: _Budget) -> Paragraph:
    before, after = _WORD.findall(old), _WORD.findall(new)
    matcher = budget.matcher([word.strip() for word in before], [word.strip() for word in after])
    opcodes = matcher.get_opcodes() if matcher else [("replace", 0, len(before), 0, len(after))]
    segments: list[Segment] = []
    for tag, first, last, start, end in opcodes:
        if tag == "equal":
            # Either text may end here: take the last word with the space that the other one needs.
            ending = max(before[last - 1], after[end - 1], key=len)
            segments.append(Segment(Kind.EQUAL, "".join(after[start : end - 1]) + ending))
            continue
        segments.append(Segment(Kind.DELETED, "".join(before[first:last])))
        segments.append(Segment(Kind.INSERTED, "".join(after[start:end])))
    return tuple(segment for segment in segments if segment.words)


def _split(text: str) -> list[str]:
    return [paragraph for paragraph in _BLANK_LINES.split(text) if paragraph]
