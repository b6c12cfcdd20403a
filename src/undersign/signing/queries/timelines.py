"""Signatures over time, and what many of them have in common, so that an attack is seen at a glance."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from psycopg import sql

from undersign.foundation.ids import uuid7_at, uuid7_floor
from undersign.signing.models import Signature
from undersign.signing.queries.selections import Selection, selection_where

MOST_BARS = 120
# Steps that people think in, the smallest first.
STEPS = tuple(
    timedelta(minutes=minutes)
    for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 10080, 43200)
)
# Shares are taken of this many signatures, the newest of a selection: more would keep a moderator waiting.
LOOKED_AT = 100_000


@dataclass(frozen=True, slots=True)
class TimeFrame:
    """A time cut into bars of equal width."""

    since: datetime
    step: timedelta
    bars: int

    @property
    def until(self) -> datetime:
        """Where the last bar ends."""
        return self.since + self.step * self.bars

    def bar(self, number: int) -> tuple[datetime, datetime]:
        """Give the beginning and the end of one bar."""
        return self.since + self.step * number, self.since + self.step * (number + 1)


def time_frame(since: datetime, until: datetime) -> TimeFrame:
    """Cut a time into at most 120 bars of a width that people think in, beginning at a round one."""
    width = max(until - since, STEPS[0])
    step = next((step for step in STEPS if width / step <= MOST_BARS - 1), STEPS[-1])
    midnight = since.replace(hour=0, minute=0, second=0, microsecond=0)
    begin = midnight + (since - midnight) // step * step
    return TimeFrame(begin, step, min(-(-(until - begin) // step) or 1, 10 * MOST_BARS))


def signed_between(petition_id: int) -> tuple[datetime, datetime] | None:
    """Tell when the oldest and the newest signature that counts were made; None where nobody has signed."""
    confirmed = Signature.objects.filter(petition_id=petition_id, state=Signature.State.CONFIRMED)
    first, last = (confirmed.order_by(order).values_list("id", flat=True).first() for order in ("id", "-id"))
    return (uuid7_at(first), uuid7_at(last)) if first and last else None


# Each bar is a range of the index, whose rows are not looked at.
_BARS = """
SELECT (SELECT count(*) FROM signing_signature s
        WHERE s.petition_id = %s AND s.state = 'confirmed' AND s.id >= bar.first AND s.id < bar.beyond)
FROM unnest(%s::uuid[], %s::uuid[]) WITH ORDINALITY AS bar (first, beyond, number) ORDER BY bar.number
"""


def timeline(*, petition_id: int, frame: TimeFrame) -> tuple[int, ...]:
    """Count the confirmed signatures of each bar."""
    edges = [tuple(map(uuid7_floor, frame.bar(number))) for number in range(frame.bars)]
    with connection.cursor() as cursor:
        cursor.execute(_BARS, (petition_id, [edge[0] for edge in edges], [edge[1] for edge in edges]))
        return tuple(row[0] for row in cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Common:
    """Something that `count` signatures have in common, such as a network."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Look:
    """What a selection looks like. `total` is what was looked at; where `is_cut` there is more.

    `commons` are the most frequent values of “network”, “wider” (the network around it: /16 or /48),
    “domain” (as stored), “source”, “country”, “locale” and “name” (a keyed hash; at least two have it).
    """

    total: int
    is_cut: bool
    bars: tuple[int, ...]
    commons: Mapping[str, tuple[Common, ...]]


_MOST = 8
_FOUND = sql.SQL("""
WITH found AS MATERIALIZED (
    SELECT network, mail_domain, source, country, locale, name_key,
        least(greatest(floor(extract(epoch FROM confirmed_at - %(origin)s) / %(width)s), 0), %(last)s)::int
            AS bar
    FROM signing_signature WHERE {where} ORDER BY id DESC LIMIT %(looked_at)s)
SELECT 'total', '', count(*) FROM found
UNION ALL SELECT 'bar', bar::text, count(*) FROM found GROUP BY bar
UNION ALL {commons}
""")
_COMMON = """
(SELECT {name}, {value}, count(*) FROM found WHERE {value} IS NOT NULL
 GROUP BY {value} HAVING count(*) >= {least} ORDER BY 3 DESC, 2 LIMIT {most})
"""
_VALUES = {
    "network": "text(network)",
    "wider": "text(network(set_masklen(network, CASE family(network) WHEN 4 THEN 16 ELSE 48 END)))",
    "domain": "mail_domain",
    "source": "source",
    "country": "country",
    "locale": "locale",
    "name": "encode(name_key, 'hex')",
}
_LEAST = {"name": 2}


def _common(name: str, value: str) -> sql.Composed:
    return sql.SQL(_COMMON).format(
        name=sql.Literal(name),
        value=sql.SQL(value),
        least=sql.Literal(_LEAST.get(name, 1)),
        most=sql.Literal(_MOST),
    )


_COMMONS = sql.SQL(" UNION ALL ").join(_common(name, value) for name, value in _VALUES.items())


def selection_look(selection: Selection, *, frame: TimeFrame) -> Look:
    """Look at a selection, or at the newest 100,000 of it, in one statement."""
    where, values = selection_where(selection)
    values |= {
        "origin": frame.since,
        "width": frame.step.total_seconds(),
        "last": frame.bars - 1,
        "looked_at": LOOKED_AT,
    }
    found: defaultdict[str, list[Common]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_FOUND.format(where=where, commons=_COMMONS), values)
        for kind, value, count in cursor.fetchall():
            found[kind].append(Common(value, count))
    total = found.pop("total")[0].count
    bars = {int(bar.value): bar.count for bar in found.pop("bar", [])}
    return Look(
        total=total,
        is_cut=total >= LOOKED_AT,
        bars=tuple(bars.get(number, 0) for number in range(frame.bars)),
        commons={name: tuple(commons) for name, commons in found.items()},
    )
