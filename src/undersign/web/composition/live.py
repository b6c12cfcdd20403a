"""What moves on a petition's page while somebody watches: count, way to the goal, newest names."""

import json
from dataclasses import dataclass

from undersign.web.composition.petitions import names_slot
from undersign.web.presentation.count import CountSlot, ProgressSlot, next_goal
from undersign.web.presentation.rendering import render_slot


@dataclass(frozen=True, slots=True)
class Moving:
    """The moving parts as HTML in one language, and the numbers behind them."""

    total: int
    goal: int
    count: str
    progress: str
    names: str

    @property
    def slots(self) -> dict[str, bytes]:
        """What to splice into pages in memory."""
        return {
            "count": self.count.encode(),
            "progress": self.progress.encode(),
            "names": self.names.encode(),
        }

    @property
    def document(self) -> bytes:
        """What a watching page asks for: the same as JSON."""
        return json.dumps(
            {
                "count": self.total,
                "goal": self.goal,
                "names": self.names,
                "count_html": self.count,
                "progress_html": self.progress,
            },
            ensure_ascii=False,
        ).encode()


def moving_parts(petition_id: int, *, total: int, language: str) -> Moving:
    """Draw what moves on the pages of a petition in one language."""
    goal = next_goal(total)
    return Moving(
        total=total,
        goal=goal,
        count=render_slot(CountSlot(total=total), language=language),
        progress=render_slot(ProgressSlot(total=total, goal=goal), language=language),
        names=render_slot(names_slot(petition_id), language=language),
    )
