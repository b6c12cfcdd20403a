"""Paragraphs and lists with bold, italic and links: what the letter and the story's text are made of.

The same prose has three forms: Markdown in files, HTML in pages, and this one between them. An
inline text is kept as runs of one style, so that there is one way only to write it down.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple


class Style(NamedTuple):
    """How a run of text looks; `href` is empty where it is no link."""

    href: str = ""
    is_bold: bool = False
    is_italic: bool = False


PLAIN = Style()


class Run(NamedTuple):
    """Text in one style. A line feed is a forced line break."""

    text: str
    style: Style = PLAIN


Inline = tuple[Run, ...]
_Letter = tuple[str, Style]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    inline: Inline


@dataclass(frozen=True, slots=True)
class Item:
    """One point of a list, with the lists below it."""

    inline: Inline
    lists: tuple["PointList", ...] = ()


@dataclass(frozen=True, slots=True)
class PointList:
    """A list with bullets or, counting from 1, with numbers."""

    is_numbered: bool
    items: tuple[Item, ...]


ProseBlock = Paragraph | PointList
Prose = tuple[ProseBlock, ...]


def inline_text(inline: Iterable[Run]) -> str:
    """Return the words without their styles."""
    return "".join(run.text for run in inline)


def inline_of(runs: Iterable[Run]) -> Inline:
    """Bring runs into their one canonical form: spaces folded, no style on edges, neighbours joined."""
    letters = _without_outer_space(_fold(_letters(runs)))
    for part in ("href", "is_bold", "is_italic"):
        letters = _trimmed(letters, part)
    return tuple(
        Run("".join(character for character, _ in group), style)
        for style, group in groupby(letters, key=lambda letter: letter[1])
    )


def _letters(runs: Iterable[Run]) -> Iterator[_Letter]:
    for run in runs:
        for character in run.text:
            yield (" " if character in "\t\r\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029" else character), run.style


def _fold(letters: Iterable[_Letter]) -> list[_Letter]:
    """Drop a space after a space, and every space around a line break."""
    folded: list[_Letter] = []
    for letter in letters:
        character = letter[0]
        if character == "\n":
            while folded and folded[-1][0] != "\n" and folded[-1][0].isspace():
                folded.pop()
        elif _is_needless(character, after=folded[-1][0] if folded else ""):
            continue
        folded.append(letter)
    return folded


def _is_needless(character: str, *, after: str) -> bool:
    return (character == " " == after) or (character.isspace() and after == "\n")


def _without_outer_space(letters: list[_Letter]) -> list[_Letter]:
    start, end = 0, len(letters)
    while start < end and letters[start][0].isspace():
        start += 1
    while end > start and letters[end - 1][0].isspace():
        end -= 1
    return letters[start:end]


# A style's group never reaches over the border of a style that is written outside it.
_OUTER: dict[str, tuple[str, ...]] = {"href": (), "is_bold": ("href",), "is_italic": ("href", "is_bold")}


def _trimmed(letters: list[_Letter], part: str) -> list[_Letter]:
    """Take one style off the spaces at the edges of each stretch that wears it."""

    def stretch(letter: _Letter) -> tuple[object, ...]:
        return tuple(getattr(letter[1], name) for name in (*_OUTER[part], part))

    result: list[_Letter] = []
    for key, group in groupby(letters, key=stretch):
        members = list(group)
        result += _edges_plain(members, part) if key[-1] else members
    return result


def _edges_plain(letters: list[_Letter], part: str) -> list[_Letter]:
    inner = _without_outer_space(letters)
    lead = next((i for i, letter in enumerate(letters) if not letter[0].isspace()), len(letters))
    plain = {part: "" if part == "href" else False}
    bare = [(character, style._replace(**plain)) for character, style in letters]  # type: ignore[arg-type]
    return [*bare[:lead], *inner, *bare[lead + len(inner) :]]


def prose_of(blocks: Iterable[ProseBlock]) -> Prose:
    """Bring prose into its one canonical form: nothing empty, neighbouring lists of a kind joined."""
    joined: list[ProseBlock] = []
    for block in blocks:
        tidy = _tidy(block)
        if tidy is None:
            continue
        last = joined[-1] if joined else None
        if isinstance(tidy, PointList) and isinstance(last, PointList) and _are_alike(tidy, last):
            joined[-1] = replace(last, items=last.items + tidy.items)
        else:
            joined.append(tidy)
    return tuple(joined)


def _are_alike(one: PointList, other: PointList) -> bool:
    return one.is_numbered == other.is_numbered


def _tidy(block: ProseBlock) -> ProseBlock | None:
    if isinstance(block, Paragraph):
        inline = inline_of(block.inline)
        return Paragraph(inline) if inline else None
    items = tuple(tidy for item in block.items for tidy in _tidy_item(item))
    return replace(block, items=items) if items else None


def _tidy_item(item: Item) -> tuple[Item, ...]:
    lists = tuple(block for block in prose_of(item.lists) if isinstance(block, PointList))
    inline = inline_of(item.inline)
    if inline:
        return (Item(inline, lists),)
    return tuple(below for each in lists for below in each.items)
