"""The versions of what people signed."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from undersign.web.presentation.diff import DiffPart
from undersign.web.presentation.frame import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """One version: how many signed it, and what it changed (all of it unchanged for the first)."""

    number: int
    published_on: date
    signatures: int
    parts: tuple[DiffPart, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextVersionsPage(Page):
    """Every version, newest first."""

    template: ClassVar[str] = "undersign/text_versions.html"
    petition_title: str
    petition_url: str
    versions: tuple[VersionView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChangedPage(Page):
    """The text changed while somebody was signing: the new one, and a form that carries what was typed.

    `typed` is `SignForm.typed` with the new version; the form POSTs to the page's own address.
    """

    template: ClassVar[str] = "undersign/text_changed.html"
    petition_title: str
    petition_url: str
    parts: tuple[DiffPart, ...]
    typed: tuple[tuple[str, str], ...]
