"""A petition file that is wrong says where, what and what was expected."""

from pathlib import Path

import pytest

from undersign.web.exchange.document import PetitionDocument
from undersign.web.exchange.errors import Report
from undersign.web.exchange.prose import Paragraph, Run
from undersign.web.exchange.reading import document_read
from undersign.web.exchange.story import Heading, Passage, Picture, Quote, Video
from undersign.web.exchange.writing import document_text

BLOCKS = "headings with ##, paragraphs, lists, quotes or pictures"
WHOLE = """\
---
slug: no-face-scanners
locale: en
organisation: open-streets
title: Turn the scanners off
ask: The station must stop reading faces.
targets:
  - name: The station's manager
letter:
  salutation: Dear manager,
  body: |
    We are **people**, not tickets.
---

We walk through every day.
"""


def read(tmp_path: Path, text: str | bytes) -> tuple[PetitionDocument | None, list[str]]:
    path = tmp_path / "petition.en.md"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    report = Report(path.name)
    document = document_read(path, report=report)
    return document, [str(problem) for problem in report.problems]


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    document, problems = read(tmp_path, WHOLE)
    assert problems == []
    assert document is not None
    assert document.title == "Turn the scanners off"
    assert document.letter[0] == Paragraph(
        (Run("We are "), Run("people", Run("").style._replace(is_bold=True)), Run(", not tickets."))
    )
    assert document.story == (Passage((Paragraph((Run("We walk through every day."),)),)),)


def test_every_block_of_a_story_is_read(tmp_path: Path) -> None:
    story = """
## Why now

> Nobody asked us.
> — A commuter

![An empty hall](hall.jpg "The hall at dawn")

[![Three minutes on the scanners](film.jpg)](https://video.example.org/3)
"""
    document, problems = read(tmp_path, WHOLE.rsplit("---\n", 1)[0] + "---\n" + story)
    assert problems == []
    assert document is not None
    assert document.story == (
        Heading("Why now"),
        Quote("Nobody asked us.", "A commuter"),
        Picture("hall.jpg", "An empty hall", "The hall at dawn"),
        Video("film.jpg", "Three minutes on the scanners", "https://video.example.org/3"),
    )


def test_words_stay_words_whatever_yaml_makes_of_them(tmp_path: Path) -> None:
    text = WHOLE.replace("title: Turn the scanners off", "title: No").replace(
        "letter:", "form:\n  country: off\n  reason: optional\nletter:"
    )
    document, problems = read(tmp_path, text)
    assert problems == []
    assert document is not None
    assert document.settings is not None
    assert (document.title, document.settings.country, document.settings.reason) == ("No", "off", "optional")


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    document, problems = read(tmp_path, b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    assert problems == []
    assert document == read(tmp_path, WHOLE)[0]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = WHOLE.replace("slug: no-face-scanners", "slug: No Face").replace("  - name: The", "  - nam: The")
    assert read(tmp_path, text + "\n<script>alert(1)</script>\n")[1] == [
        "petition.en.md:2: slug: expected small letters, digits and hyphens, found “No Face”",
        "petition.en.md:8: targets[1].nam: unknown key; expected one of name, role, organisation, record",
        "petition.en.md:8: targets[1].name: is missing",
        f"petition.en.md:17: HTML cannot stand here; expected {BLOCKS}",
    ]


@pytest.mark.parametrize(
    ("found", "changed", "said"),
    [
        ("title: Turn the scanners off\n", "", ":2: title: is missing"),
        ("title: Turn", "title: [Turn, ", ":6: this is no YAML"),
        ("title: Turn the scanners off", "title: [a, b]", ":5: title: expected text, found a list"),
        ("title: Turn", f"title: {'x' * 201} Turn", ":5: title: has 223 characters; expected at most 200"),
        ("title: Turn", "title: &a Turn", ":5: this is no YAML: aliases and anchors"),
        ("title: Turn", "title: !!python/object:os.system Turn", ":5: this is no YAML: tags (!)"),
        ("title: Turn the scanners off", 'title: "a\\0b"', ":5: title: the character U+0000"),
        ("title: Turn the scanners off", 'title: "a\\ud800b"', ":5: title: the character U+D800"),
        ("title: Turn", "title: x\ntitle: Turn", ":6: title: stands here twice"),
        ("targets:\n", "targets: nobody\nx:\n", ":7: targets: expected a list, found text"),
        ("letter:\n", "closes-at: 2026-13-01\nletter:\n", ":9: closes-at: expected a time with its offset"),
        ("letter:\n", "closes-at: 2026-12-01T10:00\nletter:\n", ":9: closes-at: expected a time"),
        (
            "letter:\n",
            "sources: [{title: A, date: 31.3.2026}]\nletter:\n",
            "sources[1].date: expected a date",
        ),
        ("letter:\n", "sources: [{title: A, url: 'javascript:x'}]\nletter:\n", "sources[1].url: expected an"),
        (
            "letter:\n",
            "photo: {file: ../keys.json, alt: x}\nletter:\n",
            "photo.file: expected a picture beside",
        ),
        (
            "letter:\n",
            "photo: {file: a.jpg, alt: x, focal: [50]}\nletter:\n",
            "photo.focal: expected two numbers",
        ),
        (
            "letter:\n",
            "photo: {file: a.jpg, alt: x, focal: [50, 101]}\nletter:\n",
            "expected a whole number from",
        ),
        ("letter:\n", "names-per-mailbox: 3\nletter:\n", "expected a whole number from 1 to 2, found “3”"),
        (
            "letter:\n",
            "form: {phone: maybe}\nletter:\n",
            "form.phone: expected one of off, optional, required",
        ),
        ("letter:\n", "state: famous\nletter:\n", "state: expected one of open, closed, won, lost"),
        ("letter:\n", "translation-of: de\nstate: won\nletter:\n", "state: belongs in the file of the first"),
        ("**people**", "<b>people</b>", ":12: letter.body: HTML cannot stand here"),
        ("**people**", "[people](javascript:alert)", ":12: letter.body: cannot link to “javascript:alert”"),
        ("    We are", "    - We are", "letter.body: a letter holds paragraphs and no lists"),
        ("We walk", "# We walk", ":15: headings in a story are written with ##"),
        ("We walk", "    We walk", ":15: a block of code"),
        ("We walk", "---\n\nWe walk", ":15: a horizontal line cannot stand here"),
        ("We walk", "We ![x](y.jpg) walk", ":15: a picture inside a paragraph cannot stand here"),
        ("We walk", "![x](https://example.org/y.jpg) \n\nWe", "is no picture beside this file"),
        ("We walk", "7. We walk", ":15: a numbered list begins with 1"),
        ("We walk", "- a\n  - b\n    - c\n      - d\n        - e\n\nWe", "lists may lie 4 deep"),
        ("We walk", "[![](a.jpg)](https://example.org)\n\nWe", "a video needs its title"),
        ("We walk", "[![a](a.jpg)](http://example.org)\n\nWe", "an address with https://"),
        ("We walk", "> **We** walk", "plain words are expected here"),
        ("We walk", "\0 We walk", "the character U+0000 cannot stand in a text"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, found: str, changed: str, said: str) -> None:
    assert found in WHOLE
    _, problems = read(tmp_path, WHOLE.replace(found, changed, 1))
    assert said in "\n".join(problems)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "petition.en.md:1: expected a line of three dashes"),
        ("---\nslug: a\n", "petition.en.md:1: the front matter does not end"),
        ("---\n---\n", "petition.en.md:1: the front matter is empty"),
        (WHOLE.encode() + b"caf\xe9\n", "petition.en.md:16: is not UTF-8"),
        (b"x" * 600_000, "has 600,000 bytes; expected at most 524,288"),
        ("---\n" + "a: [" * 20 + "]" * 20 + "\n---\n", "nested more than 6 deep"),
        ("---\na: [" + "1," * 5000 + "]\n---\n", "more than 4000 values"),
        ("---\na: &a [x]\nb: [*a, *a]\n---\n", "aliases and anchors"),
    ],
)
def test_a_file_that_cannot_be_a_petition_is_refused(tmp_path: Path, text: str | bytes, said: str) -> None:
    document, problems = read(tmp_path, text)
    assert document is None
    assert said in problems[0]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    report = Report("petition.en.md")
    assert document_read(tmp_path / "petition.en.md", report=report) is None
    assert "cannot be read: No such file" in str(report.problems[0])


def test_what_is_empty_is_left_out(tmp_path: Path) -> None:
    document, _ = read(tmp_path, WHOLE)
    assert document is not None
    assert document_text(document) == WHOLE
