"""Prose as Markdown, such that reading it again gives the same prose (CommonMark 0.31)."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from undersign.web.exchange.prose import Inline, Paragraph, PointList, Prose, ProseBlock, Run
from undersign.web.exchange.words import is_punctuation

_ENTITY = re.compile(r"&(?=[#A-Za-z])")
_SIMPLE_URL = re.compile(r"[A-Za-z0-9/][A-Za-z0-9._~:/?#@!$'*+,;=%-]*")
_BLOCK_START = re.compile(r"(?m)^(?:([#>+=~-])|(\d{1,9})([.)]))")
BOLD, ITALIC = "**", "_"


def prose_markdown(prose: Prose) -> str:
    """Write prose as Markdown, one paragraph or point a line, without a line feed at the end."""
    return "\n\n".join(map(_block, prose))


def _block(block: ProseBlock) -> str:
    return inline_markdown(block.inline) if isinstance(block, Paragraph) else "\n".join(_points(block))


def _points(points: PointList) -> Iterator[str]:
    for number, item in enumerate(points.items, 1):
        marker = f"{number}. " if points.is_numbered else "- "
        lines = inline_markdown(item.inline).split("\n")
        for below in item.lists:
            lines += _points(below)
        yield marker + lines[0]
        yield from (" " * len(marker) + line for line in lines[1:])


def inline_markdown(inline: Inline) -> str:
    """Write one paragraph's text."""
    text = "".join(_spelt(list(_atoms(inline))))
    return _BLOCK_START.sub(_escaped_start, text).replace("\n", "\\\n")


def plain_markdown(text: str) -> str:
    """Write words that hold no markup."""
    return inline_markdown((Run(text),)) if text else ""


def heading_markdown(text: str) -> str:
    """Write a heading's words; number signs at its end would count as markup."""
    return re.sub(r"#+$", r"\\\g<0>", _escaped(text, spell_first=False, spell_last=False, before_link=False))


def _escaped_start(match: re.Match[str]) -> str:
    return f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}"


# An atom is a stretch of text, or a piece of markup that opens (">"), closes ("<") or stands ("|").
_Atom = tuple[str, str]


def _atoms(inline: Inline) -> Iterator[_Atom]:
    for href, runs in groupby(inline, key=lambda run: run.style.href):
        if href:
            yield "|", "["
        yield from _bold_atoms(runs)
        if href:
            yield "|", f"]({link_target(href)})"


def _bold_atoms(runs: Iterable[Run]) -> Iterator[_Atom]:
    for is_bold, group in groupby(runs, key=lambda run: run.style.is_bold):
        if is_bold:
            yield ">", BOLD
        for run in group:
            yield from [(">", ITALIC)] if run.style.is_italic else []
            yield "", run.text
            yield from [("<", ITALIC)] if run.style.is_italic else []
        if is_bold:
            yield "<", BOLD


def _spelt(atoms: list[_Atom]) -> Iterator[str]:
    """Escape the text, and spell as a number a letter that would stop the mark beside it from counting."""
    for index, (kind, text) in enumerate(atoms):
        if kind:
            yield text
            continue
        before, after = _marks_before(atoms, index), _marks_after(atoms, index)
        first = _must_spell(text[0], inside=_text_before(atoms, index), marks=before, kind="<")
        last = _must_spell(text[-1], inside=_text_after(atoms, index), marks=after, kind=">")
        yield _escaped(text, spell_first=first, spell_last=last, before_link=_is_link_next(atoms, index))


def _marks_before(atoms: list[_Atom], index: int) -> list[_Atom]:
    marks = []
    while index and atoms[index - 1][0] in ("<", ">"):
        index -= 1
        marks.append(atoms[index])
    return marks


def _marks_after(atoms: list[_Atom], index: int) -> list[_Atom]:
    marks = []
    while index + 1 < len(atoms) and atoms[index + 1][0] in ("<", ">"):
        index += 1
        marks.append(atoms[index])
    return marks


def _text_before(atoms: list[_Atom], index: int) -> str:
    place = index - len(_marks_before(atoms, index)) - 1
    return atoms[place][1][::-1] if place >= 0 else ""


def _text_after(atoms: list[_Atom], index: int) -> str:
    place = index + len(_marks_after(atoms, index)) + 1
    return atoms[place][1] if place < len(atoms) else ""


def _must_spell(letter: str, *, inside: str, marks: list[_Atom], kind: str) -> bool:
    """Whether a letter outside the mark beside it hinders that mark (CommonMark 6.2, flanking runs).

    `inside` is the text on the other side of the marks, read away from them.
    """
    if letter.isspace() or is_punctuation(letter) or not marks or marks[0][0] != kind:
        return False
    is_harmless = (
        len(marks) == 1 and marks[0][1] == BOLD and len(inside) > 1 and not is_punctuation(inside[0])
    )
    return not is_harmless


def _is_link_next(atoms: list[_Atom], index: int) -> bool:
    return index + 1 < len(atoms) and atoms[index + 1] == ("|", "[")


def _escaped(text: str, *, spell_first: bool, spell_last: bool, before_link: bool) -> str:
    head = f"&#{ord(text[0])};" if spell_first else ""
    tail = f"&#{ord(text[-1])};" if spell_last and not (spell_first and len(text) == 1) else ""
    middle = text[1 if head else 0 : len(text) - (1 if tail else 0)]
    middle = _ENTITY.sub(r"\\&", re.sub(r"([\\`*_\[\]<])", r"\\\1", middle))
    if before_link and not tail and middle.endswith("!"):
        middle = middle[:-1] + "\\!"
    return head + middle + tail


def link_target(href: str) -> str:
    """Write a link's address, in pointed brackets where it would end too early."""
    if _SIMPLE_URL.fullmatch(href):
        return href
    return "<" + _ENTITY.sub(r"\\&", re.sub(r"([\\<>])", r"\\\1", href)) + ">"


def quoted_title(text: str) -> str:
    """Write a link's or picture's title."""
    return '"' + _ENTITY.sub(r"\\&", re.sub(r'([\\"])', r"\\\1", text)) + '"'
