"""Fail when a catalogue misses, leaves empty, doubts or garbles a sentence that the code says."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from sentences import LOCALES, sentences

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]+>")


def main() -> None:
    template = sentences()
    faults = [
        fault
        for path in sorted(LOCALES.glob("*/LC_MESSAGES/django.po"))
        for fault in faults_in(path, template)
    ]
    if faults:
        sys.exit("\n".join([*faults, f"{len(faults)} faults in the translations."]))


def faults_in(path: Path, template: Catalog) -> Iterator[str]:
    locale = path.parent.parent.name
    with path.open("rb") as opened:
        catalogue = read_po(opened, locale=locale, domain="django")
    for wanted in template:
        if not wanted.id:
            continue
        found = catalogue.get(first(wanted.id), wanted.context)
        reason = "is missing" if found is None else fault_of(found)
        if reason:
            yield f"{locale}: “{first(wanted.id)}” {reason}"
    for said in catalogue:
        if said.id and template.get(first(said.id), said.context) is None:
            yield f"{locale}: “{first(said.id)}” is no longer said anywhere"


def first(name: str | tuple[str, ...]) -> str:
    return name if isinstance(name, str) else name[0]


def fault_of(message: Message) -> str | None:
    """Say what is wrong with one translation, or None."""
    texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if not texts or not all(texts):
        return "is empty"
    if message.fuzzy:
        return "is marked fuzzy"
    sources = [message.id] if isinstance(message.id, str) else list(message.id)
    if any(placeholders(text) - placeholders(sources[-1]) for text in texts):
        return "has placeholders that the sentence has not"
    if placeholders(texts[-1]) != placeholders(sources[-1]):
        return "lacks a placeholder of the sentence"
    return None


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


if __name__ == "__main__":
    main()
