"""How fast forms come from each network, as one process knows it.

Counts are kept by the minute. Each process adds its own to those of the others once a second
(services/pacing.py) and learns the sums of the networks it has just seen. Between two such exchanges, and
while the database is away, it goes by what it counts itself. Of most networks one form comes in a minute, or
none; nobody else need know of those.
"""

import math
from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

MINUTE = 60.0  # seconds
MAX_NETWORKS = 100_000
# From how many forms of a network on the others are told. A process that keeps one to itself does not learn
# what the others have either: two forms for each of them may be overlooked, so small paces are counted to the
# last form.
WORTH_TELLING = 2
LENIENT_FROM = 16  # forms a minute


class Share(NamedTuple):
    """Forms from one network in one minute (since 1970). The order is that in which rows are written."""

    minute: int
    network: str
    forms: int


@dataclass(slots=True)
class _Seen:
    minute: int
    before: int = 0
    now: int = 0
    untold: int = 0  # of now: what the others are not told yet

    def turn_to(self, minute: int) -> None:
        if minute > self.minute:
            self.before = self.now if minute == self.minute + 1 else 0
            self.minute, self.now, self.untold = minute, 0, 0


@dataclass(slots=True)
class Pace:
    """Counts forms by network. `per_minute` is the pace that needs no proof; 0: all do; None: none does.

    Bounded: beyond `max_networks` the one not seen for longest is forgotten.
    """

    per_minute: int | None
    max_networks: int = MAX_NETWORKS
    _seen: OrderedDict[str, _Seen] = field(default_factory=OrderedDict)
    _unshared: Counter[tuple[int, str]] = field(default_factory=Counter)

    def pressure(self, network: str, at: datetime) -> float:
        """Tell how a network's last minute compares to the pace that needs no proof; from 1 on it does."""
        if self.per_minute is None:
            return 0.0
        if self.per_minute == 0:
            return math.inf
        seen = self._seen.get(network)
        if seen is None:
            return 0.0
        minute, part = divmod(at.timestamp(), MINUTE)
        seen.turn_to(int(minute))
        return (seen.now + seen.before * (1 - part / MINUTE)) / self.per_minute

    def count(self, network: str, at: datetime) -> None:
        """Count a form that is being taken, unless the pace makes no difference."""
        if not self.per_minute:
            return
        minute = int(at.timestamp() // MINUTE)
        seen = self._at(minute, network)
        seen.now += 1
        seen.untold += 1
        if seen.untold >= WORTH_TELLING or self.per_minute < LENIENT_FROM:
            self._unshared[seen.minute, network] += seen.untold
            seen.untold = 0

    def take(self) -> list[Share]:
        """Hand over what was counted since the last time, sorted."""
        taken, self._unshared = self._unshared, Counter()
        return sorted(Share(minute, network, forms) for (minute, network), forms in taken.items())

    def give_back(self, shares: Iterable[Share]) -> None:
        """Keep what could not be shared for the next time, as far as there is room."""
        for minute, network, forms in shares:
            if len(self._unshared) < self.max_networks:
                self._unshared[minute, network] += forms

    def learn(self, sums: Iterable[Share]) -> None:
        """Take over what all processes have counted; what was counted here since then comes on top."""
        for minute, network, forms in sums:
            seen = self._at(minute, network)
            if seen.minute == minute:
                seen.now = forms + self._unshared.get((minute, network), 0) + seen.untold
            elif seen.minute == minute + 1:
                seen.before = forms

    def _at(self, minute: int, network: str) -> _Seen:
        seen = self._seen.get(network)
        if seen is None:
            seen = self._seen[network] = _Seen(minute)
            if len(self._seen) > self.max_networks:
                self._seen.popitem(last=False)
        else:
            self._seen.move_to_end(network)
        seen.turn_to(minute)
        return seen
