"""Signatures over time as a picture: all of them in outline, those that were chosen filled in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format

from undersign.signing.queries.timelines import TimeFrame

WIDTH, HEIGHT = 960, 160


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. Lengths in units of the picture; `label` says its time, `url` leads to it alone."""

    label: str
    x: str
    width: str
    top: str
    height: str
    chosen_top: str
    chosen_height: str
    count: int
    chosen: int
    url: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The picture; `most` is what its highest bar stands for."""

    bars: tuple[Bar, ...]
    most: int
    begin: str
    end: str
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def rows(self) -> tuple[Bar, ...]:
        """The bars that stand for anything, for whoever reads a table."""
        return tuple(bar for bar in self.bars if bar.count)


def chart(
    frame: TimeFrame,
    counts: Sequence[int],
    chosen: Sequence[int],
    url_of: Callable[[datetime, datetime], str],
) -> Chart:
    """Draw `counts` of each bar and, before them, how many of those were `chosen`."""
    most = max((*counts, *chosen), default=0) or 1
    width = WIDTH / frame.bars
    bars = []
    for number, (count, mine) in enumerate(zip(counts, chosen, strict=True)):
        since, until = frame.bar(number)
        height, filled = HEIGHT * count / most, HEIGHT * mine / most
        bars.append(
            Bar(
                label=_moment(since, frame.step),
                x=f"{width * number:.2f}",
                width=f"{max(width - 1, 0.5):.2f}",
                top=f"{HEIGHT - height:.2f}",
                height=f"{height:.2f}",
                chosen_top=f"{HEIGHT - filled:.2f}",
                chosen_height=f"{filled:.2f}",
                count=count,
                chosen=mine,
                url=url_of(since, until),
            )
        )
    return Chart(tuple(bars), most, _moment(frame.since, frame.step), _moment(frame.until, frame.step))


def _moment(at: datetime, step: timedelta) -> str:
    style = "DATE_FORMAT" if step >= timedelta(days=1) else "SHORT_DATETIME_FORMAT"
    return date_format(timezone.localtime(at), style)
