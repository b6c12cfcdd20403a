"""The people who signed, as each chose to be shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from undersign.web.presentation.frame import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerView:
    """One signer in public. An empty `name` is somebody who chose to stay anonymous."""

    name: str
    signed_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesSlot:
    """The newest signers, newest first, spliced into cached pages."""

    template: ClassVar[str] = "undersign/slots/names.html"
    newest: tuple[SignerView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesPage(Page):
    """One page of the full list. An empty address means there is nothing further in that direction."""

    template: ClassVar[str] = "undersign/names.html"
    petition_title: str
    petition_url: str
    total: int
    signers: tuple[SignerView, ...]
    newer_url: str = ""
    older_url: str = ""
