"""Bring every catalogue (.po) up to what the code says: `update_translations.py [NEW_LOCALE…]`.

Translations are kept, new sentences come in empty, those that nobody says any more go. Nothing is guessed
and no line numbers are kept, so that a catalogue changes only where its sentences do.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from sentences import LOCALES, sentences

HEADER = "# Undersign in {language}. How to work on this file: docs/translating.md"


def main(new: list[str]) -> None:
    template = sentences()
    for locale in sorted({*new, *(path.name for path in LOCALES.glob("*"))}):
        path = LOCALES / locale / "LC_MESSAGES" / "django.po"
        catalogue = read(path, locale)
        update(catalogue, template)
        write(path, catalogue)
        print(f"{path}: {untranslated(catalogue)} of {len(catalogue)} sentences to translate.")


def read(path: Path, locale: str) -> Catalog:
    if not path.exists():
        began = datetime.now(UTC)
        return Catalog(locale, creation_date=began, revision_date=began, fuzzy=False)
    with path.open("rb") as opened:
        return read_po(opened, locale=locale, domain="django")


def update(catalogue: Catalog, template: Catalog) -> None:
    template.creation_date = catalogue.creation_date  # a new date at each run would say nothing
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.project, catalogue.version = "Undersign", ""
    # Git knows who wrote what; without these Babel fills in made-up people.
    catalogue.msgid_bugs_address = catalogue.last_translator = catalogue.language_team = ""
    catalogue.header_comment = HEADER.format(language=Locale.parse(catalogue.locale_identifier).english_name)


def write(path: Path, catalogue: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as opened:
        write_po(opened, catalogue, width=100, sort_output=True, ignore_obsolete=True, include_lineno=False)


def untranslated(catalogue: Catalog) -> int:
    return sum(1 for message in catalogue if message.id and not has_words(message.string))


def has_words(string: str | tuple[str, ...]) -> bool:
    return bool(string) and all(string)


if __name__ == "__main__":
    main(sys.argv[1:])
