"""The versions of what people signed."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from undersign.web.presentation.comparison import TextPart
from undersign.web.presentation.frame import Page
from undersign.web.presentation.removals import RemovalView


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """One version: how many signed it, all it says, and what it changed of the one before.

    `changes` is None for the first version and empty where only another language changed.
    """

    number: int
    published_on: date
    signatures: int
    changes: tuple[TextPart, ...] | None
    whole: tuple[TextPart, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextVersionsPage(Page):
    """Every version, and every removal of signatures, newest first."""

    template: ClassVar[str] = "undersign/text_versions.html"
    petition_title: str
    petition_url: str
    versions: tuple[VersionView, ...]
    removals: tuple[RemovalView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChangedPage(Page):
    """The text changed while somebody was signing: the new one, and a form that carries what was typed.

    `changes` is empty if nobody knows which text they read. `typed` is `SignForm.typed` with the new version;
    the form POSTs to the page's own address.
    """

    template: ClassVar[str] = "undersign/text_changed.html"
    petition_title: str
    petition_url: str
    changes: tuple[TextPart, ...]
    whole: tuple[TextPart, ...]
    typed: tuple[tuple[str, str], ...]
