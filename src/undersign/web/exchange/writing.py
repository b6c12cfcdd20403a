"""A document as a petition file, always in the same bytes for the same document."""

from collections.abc import Iterable, Mapping
from dataclasses import fields as dataclass_fields
from datetime import UTC
from typing import Any

import yaml

from undersign.web.exchange.document import PetitionDocument, PetitionSettings, Photo
from undersign.web.exchange.markdown_out import prose_markdown
from undersign.web.exchange.prose import Prose
from undersign.web.exchange.reading import FIELDS
from undersign.web.exchange.story_out import story_markdown

_KEYS = {"published_on": "date"}


class _FrontMatter(yaml.SafeDumper):
    """Writes text of several lines as a block, and a point as [x, y]."""

    def ignore_aliases(self, data: Any) -> bool:
        """Equal values are written out each time: the reader accepts no aliases."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Set lists in, as people write them."""
        super().increase_indent(flow, False)


class _Lines(str):
    """Text that stands in lines of its own below its key."""

    __slots__ = ()


class _Point(list[int]):
    """Two numbers on one line."""


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _lines_node(dumper: yaml.SafeDumper, text: _Lines) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")


def _point_node(dumper: yaml.SafeDumper, point: _Point) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", point, flow_style=True)


_FrontMatter.add_representer(str, _text_node)
_FrontMatter.add_representer(_Lines, _lines_node)
_FrontMatter.add_representer(_Point, _point_node)


def document_text(document: PetitionDocument) -> str:
    """Write a document as the text of its file."""
    front_matter = yaml.dump(
        _kept(_front_matter(document)),
        Dumper=_FrontMatter,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=False,
        width=100_000,
    )
    story = story_markdown(document.story)
    return f"---\n{front_matter}---\n" + (f"\n{story}\n" if story else "")


def _front_matter(document: PetitionDocument) -> dict[str, Any]:
    sign_off = document.sign_off
    return {
        "slug": document.slug,
        "locale": document.locale,
        "translation-of": document.translation_of,
        "organisation": document.organisation,
        "title": document.title,
        "ask": document.ask,
        "goal": document.goal,
        "photo": _photo(document.photo),
        "credits": dict(document.credits),
        "targets": _rows(document.targets),
        "letter": {"salutation": document.salutation, "body": _lines(document.letter)},
        "sources": _rows(document.sources),
        "sign-off": None if sign_off is None else _row(sign_off),
        "thank-you": _lines(document.thank_you),
        "outcome": _lines(document.outcome),
        **(_settings(document.settings) if document.settings else {}),
    }


def _lines(prose: Prose) -> _Lines:
    return _Lines(prose_markdown(prose) + "\n") if prose else _Lines()


def _photo(photo: Photo | None) -> dict[str, Any] | None:
    if photo is None:
        return None
    return {**_row(photo), "focal": None if photo.focal is None else _Point(photo.focal)}


def _settings(settings: PetitionSettings) -> dict[str, Any]:
    asked = {name: getattr(settings, name) for name in FIELDS}
    return {
        "form": {name: asks for name, asks in asked.items() if asks != "off"},
        "consents": _rows(settings.consents),
        "names-per-mailbox": settings.names_per_mailbox if settings.names_per_mailbox > 1 else None,
        "closes-at": settings.closes_at.astimezone(UTC) if settings.closes_at else None,
        "retention-days": settings.retention_days,
        "state": settings.state if settings.state != "open" else None,
    }


def _row(value: Any) -> dict[str, Any]:
    return {_KEYS.get(each.name, each.name): getattr(value, each.name) for each in dataclass_fields(value)}


def _rows(values: Iterable[Any]) -> list[dict[str, Any]]:
    return [_kept(_row(value)) for value in values]


def _kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is empty, at every depth."""
    kept = {key: _kept(value) if isinstance(value, dict) else value for key, value in values.items()}
    return {key: value for key, value in kept.items() if value not in (None, "", [], {}, ())}
