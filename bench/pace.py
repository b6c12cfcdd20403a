"""How long a run takes: the whole one, or the short form for CI."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Rounds of each comparison, and seconds that each contender has in a round."""

    rounds: int
    seconds: int


WHOLE = Pace(rounds=5, seconds=5)
# Too short to be believed: it shows that everything still runs.
SHORT = Pace(rounds=1, seconds=1)
