"""Pages for what went wrong. Each says what happened, that nothing was lost, and what to do."""

from dataclasses import dataclass
from typing import ClassVar

from undersign.web.presentation.frame import Page
from undersign.web.presentation.kept import KeptAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFoundPage(Page):
    """404: nothing lives at this address. `kept` is what was typed into a form that was sent there."""

    template: ClassVar[str] = "undersign/not_found.html"
    home_url: str = "/"
    kept: tuple[KeptAnswer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleFormPage(Page):
    """403: a form of the admin that carries no proof, or an old one, that it was opened by who sends it."""

    template: ClassVar[str] = "undersign/stale_form.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPage(Page):
    """500: a fault of ours."""

    template: ClassVar[str] = "undersign/broken.html"
    home_url: str = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnavailablePage(Page):
    """503: not now. `typed` is what was in the form; its button sends that again to the same address."""

    template: ClassVar[str] = "undersign/unavailable.html"
    typed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TooFastPage(Page):
    """429: somebody reads or posts faster than people do."""

    template: ClassVar[str] = "undersign/too_fast.html"
    wait_seconds: int = 60
