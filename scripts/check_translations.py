"""Fail when a catalogue misses, leaves empty, doubts or garbles a sentence that the code says."""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import templatize

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "undersign"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "gettext_noop": None,
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]+>")


def main() -> None:
    settings.configure(USE_I18N=True)
    template = Catalog()
    for path in (*sorted(PACKAGE.rglob("*.py")), *sorted(PACKAGE.rglob("templates/**/*.*"))):
        for name, context in messages_in(path):
            template.add(name, context=context)
    faults = [
        fault
        for path in sorted(PACKAGE.glob("locale/*/LC_MESSAGES/django.po"))
        for fault in faults_in(path, template)
    ]
    if faults:
        sys.exit("\n".join([*faults, f"{len(faults)} faults in the translations."]))


def messages_in(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Indented markup is no indented Python, which is what Babel takes the result for.
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
    for _line, name, _comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
        # templatize writes each sentence as a raw-looking literal; an empty one is the catalogue's header
        if name and name != "":
            yield (tuple(name) if isinstance(name, list | tuple) else name), context


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
