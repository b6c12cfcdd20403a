"""How many signed, and how many are hoped for next."""

from dataclasses import dataclass
from typing import ClassVar

LADDER = (100, 250, 500)  # times 1, 10, 100 …


def next_goal(total: int) -> int:
    """Return the first step of 100, 250, 500, 1,000, 2,500 … above `total`."""
    scale = 1
    while True:
        for step in LADDER:
            if step * scale > total:
                return step * scale
        scale *= 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CountSlot:
    """The number of confirmed signatures, spliced into cached pages."""

    template: ClassVar[str] = "undersign/slots/count.html"
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressSlot:
    """The way to the next goal, spliced into cached pages."""

    template: ClassVar[str] = "undersign/slots/progress.html"
    total: int
    goal: int
