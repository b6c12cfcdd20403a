"""Telling whether a page still says something in English that a catalogue has in the page's language."""

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.pofile import read_po

import undersign

LOCALES = Path(undersign.__file__).parent / "locale"
HOLES = re.compile(r"<[^>]+>|%\(\w+\)s")
WORDED = {"alt", "aria-label", "content", "placeholder", "title"} | {
    f"data-{name}" for name in ("choose", "done", "email", "empty", "missing")
}
SILENT = {"script", "style"}
VOID = {"br", "hr", "img", "input", "link", "meta", "source"}


def english_left(html: str, language: str) -> set[str]:
    """Give the English phrases that stand in a page although the catalogue of `language` has them."""
    reader = Reader(language)
    reader.feed(html)
    return {phrase for phrase in english_phrases(language) if is_said(phrase, reader.texts)}


def is_said(phrase: str, texts: list[str]) -> bool:
    """A phrase of several words is found anywhere; a single word only where it stands alone."""
    return any(phrase in text for text in texts) if " " in phrase else phrase in texts


@cache
def english_phrases(language: str) -> frozenset[str]:
    with (LOCALES / language / "LC_MESSAGES" / "django.po").open("rb") as opened:
        catalogue = read_po(opened, locale=language)
    return frozenset(
        phrase
        for message in catalogue
        if message.id
        for phrase in phrases_of(message.id)
        if phrase not in " ".join(strings_of(message.string))
    )


def phrases_of(name: str | list[str] | tuple[str, ...]) -> Iterator[str]:
    """Cut a sentence where something is filled in."""
    for form in strings_of(name):
        yield from (piece.strip() for piece in HOLES.split(form) if re.search("[a-z]{2}", piece))


def strings_of(string: str | list[str] | tuple[str, ...]) -> list[str]:
    return [string] if isinstance(string, str) else list(string)


class Reader(HTMLParser):
    """Collects what a page says, except where it says itself that it speaks another language."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._language = language
        self._foreign: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        is_foreign = tag in SILENT or given.get("lang", self._language) != self._language
        if tag not in VOID:
            self._foreign.append(is_foreign)
        if not any(self._foreign):
            self._hear(*(text for name, text in given.items() if name in WORDED))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self._foreign:
            self._foreign.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._foreign):
            self._hear(data)

    def _hear(self, *texts: str) -> None:
        self.texts += [" ".join(text.split()) for text in texts if text.strip()]
