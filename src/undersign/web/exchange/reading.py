"""A petition file read into a document, every problem noted with its line."""

import re
from pathlib import Path

import yaml

from undersign.web.exchange.document import (
    ConsentAsked,
    PetitionDocument,
    PetitionSettings,
    Photo,
    SignOff,
    Source,
    Target,
)
from undersign.web.exchange.errors import Report
from undersign.web.exchange.front_matter import Entry, Split, read_yaml, split_front_matter
from undersign.web.exchange.markdown_in import FILE_NAME, Reading, is_link, prose_read, story_read
from undersign.web.exchange.prose import PointList, Prose
from undersign.web.exchange.story import Story
from undersign.web.exchange.words import forbidden_character

LARGEST_FILE = 512 * 1024  # bytes
LONGEST_TEXT = 100_000  # characters
FIELDS = ("country", "postcode", "phone", "reason")
STATES = ("open", "closed", "won", "lost")
FIRST_LANGUAGE_KEYS = ("form", "consents", "names-per-mailbox", "closes-at", "retention-days", "state")
KEYS = (
    *(
        "slug",
        "locale",
        "translation-of",
        "organisation",
        "title",
        "ask",
        "goal",
        "photo",
        "targets",
        "letter",
    ),
    *("sources", "sign-off", "credits", "thank-you", "outcome", *FIRST_LANGUAGE_KEYS),
)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LOCALE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?")


def document_read(path: Path, *, report: Report) -> PetitionDocument | None:
    """Read the file at `path`; None where it cannot be read at all. Problems go to `report`."""
    text = _file_text(path, report)
    split = None if text is None else split_front_matter(text, report)
    entry = None if split is None else read_yaml(split.front_matter, report)
    if split is None or entry is None:
        return None
    return document_of(entry, split)


def _file_text(path: Path, report: Report) -> str | None:
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= LARGEST_FILE else b""
    except OSError as error:
        report.add(f"cannot be read: {error.strerror}")
        return None
    if size > LARGEST_FILE:
        report.add(f"has {size:,} bytes; expected at most {LARGEST_FILE:,}")
        return None
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        report.add("is not UTF-8", line=data.count(b"\n", 0, error.start) + 1)
        return None


def document_of(entry: Entry, split: Split) -> PetitionDocument:
    """Build a document of front matter and body."""
    found = entry.fields(
        KEYS, required=("slug", "locale", "organisation", "title", "ask", "targets", "letter")
    )
    letter = _letter(found)
    photo = _photo(found.get("photo"))
    return PetitionDocument(
        slug=_matching(found, "slug", _SLUG, "small letters, digits and hyphens", most=80),
        locale=_matching(found, "locale", _LOCALE, "a language like en or pt-br", most=12),
        translation_of=_matching(found, "translation-of", _LOCALE, "a language like en or pt-br", most=12),
        organisation=_matching(found, "organisation", _SLUG, "an organisation's address", most=60),
        title=_text(found, "title", 200),
        ask=_text(found, "ask", 300),
        goal=_text(found, "goal", 500),
        photo=photo,
        credits=_credits(found.get("credits"), photo),
        targets=tuple(map(_target, _list(found, "targets", 20))),
        salutation=_text(letter, "salutation", 200),
        letter=_letter_body(letter),
        story=_story(split, entry),
        sources=tuple(map(_source, _list(found, "sources", 100))),
        sign_off=_sign_off(found.get("sign-off")),
        thank_you=_prose(found, "thank-you"),
        outcome=_prose(found, "outcome"),
        settings=_settings(found),
    )


# ---- Single values


def _text(found: dict[str, Entry], key: str, most: int) -> str:
    return found[key].text(most=most) if key in found else ""


def _matching(
    found: dict[str, Entry], key: str, pattern: re.Pattern[str], expected: str, *, most: int
) -> str:
    value = found[key].matching(pattern, expected) if key in found else ""
    if len(value) > most:
        found[key].refuse(f"has {len(value)} characters; expected at most {most}")
    return value


def _list(found: dict[str, Entry], key: str, most: int) -> list[Entry]:
    return found[key].entries(most=most) if key in found else []


def _prose(found: dict[str, Entry], key: str) -> Prose:
    if key not in found:
        return ()
    entry = found[key]
    text = entry.markdown(most=LONGEST_TEXT)
    return prose_read(text, Reading(entry.report, entry.markdown_line, entry.key))


def _letter_body(letter: dict[str, Entry]) -> Prose:
    prose = _prose(letter, "body")
    if any(isinstance(block, PointList) for block in prose):
        letter["body"].refuse("a letter holds paragraphs and no lists")
    return prose


def _story(split: Split, entry: Entry) -> Story:
    forbidden = forbidden_character(split.body)
    if forbidden or len(split.body) > LONGEST_TEXT:
        message = (
            f"the character {forbidden} cannot stand in a text" if forbidden else "the story is too long"
        )
        entry.report.add(message, line=split.body_line)
        return ()
    return story_read(split.body, Reading(entry.report, split.body_line))


# ---- Values with keys of their own


def _file_name(entry: Entry) -> str:
    return entry.matching(FILE_NAME, "a picture beside this file, like march.jpg")


def _photo(entry: Entry | None) -> Photo | None:
    if entry is None:
        return None
    found = entry.fields(("file", "alt", "credit", "focal"), required=("file", "alt"))
    return Photo(
        file=_file_name(found["file"]) if "file" in found else "",
        alt=_text(found, "alt", 300),
        credit=_text(found, "credit", 200),
        focal=_focal(found.get("focal")),
    )


def _focal(entry: Entry | None) -> tuple[int, int] | None:
    if entry is None:
        return None
    parts = [part.whole_number(least=0, most=100) for part in entry.entries(most=2)]
    if len(parts) != 2:
        entry.refuse("expected two numbers, percent from the left and from the top, like [50, 30]")
        return None
    x, y = parts
    return None if x is None or y is None else (x, y)


def _credits(entry: Entry | None, photo: Photo | None) -> tuple[tuple[str, str], ...]:
    """Read who made the pictures of the story, by file."""
    if entry is None:
        return ()
    if not isinstance(entry.node, yaml.MappingNode):
        entry.refuse("expected file names, each with its credit")
        return ()
    names = [str(key.value) for key, _ in entry.node.value if isinstance(key, yaml.ScalarNode)]
    found = entry.fields([name for name in names if FILE_NAME.fullmatch(name)] or ["march.jpg"])
    if photo and photo.file in found:
        found[photo.file].refuse("is the photo; its credit stands at photo.credit")
    return tuple(sorted((name, value.text(most=200)) for name, value in found.items()))


def _letter(found: dict[str, Entry]) -> dict[str, Entry]:
    return found["letter"].fields(("salutation", "body"), required=("body",)) if "letter" in found else {}


def _target(entry: Entry) -> Target:
    found = entry.fields(("name", "role", "organisation", "record"), required=("name",))
    return Target(
        name=_text(found, "name", 200),
        role=_text(found, "role", 200),
        organisation=_text(found, "organisation", 200),
        record=_text(found, "record", 500),
    )


def _source(entry: Entry) -> Source:
    found = entry.fields(("title", "publisher", "date", "url"), required=("title",))
    url = _text(found, "url", 500)
    if url and not (is_link(url) and url.startswith("http")):
        found["url"].refuse(f"expected an address with https://, found “{url[:60]}”")
    return Source(
        title=_text(found, "title", 300),
        publisher=_text(found, "publisher", 200),
        published_on=found["date"].day() if "date" in found else None,
        url=url,
    )


def _sign_off(entry: Entry | None) -> SignOff | None:
    if entry is None:
        return None
    found = entry.fields(("name", "role", "words"), required=("name",))
    return SignOff(
        name=_text(found, "name", 200),
        role=_text(found, "role", 200),
        words=found["words"].lines(most=500) if "words" in found else "",
    )


# ---- What holds in every language


def _settings(found: dict[str, Entry]) -> PetitionSettings | None:
    if "translation-of" in found:
        for key in FIRST_LANGUAGE_KEYS:
            if key in found:
                found[key].refuse("belongs in the file of the first language; it holds for every language")
        return None
    form = found["form"].fields(FIELDS) if "form" in found else {}
    asked = {name: entry.choice(("off", "optional", "required")) or "off" for name, entry in form.items()}
    return PetitionSettings(
        **asked,
        consents=tuple(sorted({_consent(entry) for entry in _list(found, "consents", 20)})),
        names_per_mailbox=_number(found, "names-per-mailbox", 1, 2) or 1,
        closes_at=found["closes-at"].instant() if "closes-at" in found else None,
        retention_days=_number(found, "retention-days", 30, 36_500),
        state=(found["state"].choice(STATES) if "state" in found else "") or "open",
    )


def _number(found: dict[str, Entry], key: str, least: int, most: int) -> int | None:
    return found[key].whole_number(least=least, most=most) if key in found else None


def _consent(entry: Entry) -> ConsentAsked:
    found = entry.fields(("purpose", "channel"), required=("purpose",))
    return ConsentAsked(
        purpose=_matching(found, "purpose", _SLUG, "a word like updates", most=60),
        channel=(found["channel"].choice(("email", "sms")) if "channel" in found else "") or "email",
    )
