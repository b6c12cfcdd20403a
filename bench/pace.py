"""How long a run takes: the whole one, or the short form for CI."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """How often and how long each thing is measured.

    `seconds` is what a contender has in each of the `rounds` of a comparison, `waiting_seconds` how long each
    of the `waiting_rounds` of a load of the phase `latency` lasts; `viral_seconds` is how much is measured of
    the viral hour, `requests` how many each web process answers before its memory is weighed, and `names` how
    long the list is that is leafed through, `mails` how many wait in an outbox.
    """

    rounds: int
    seconds: int
    waiting_rounds: int
    waiting_seconds: int
    viral_seconds: int
    requests: int
    names: int
    mails: int


WHOLE = Pace(
    rounds=5,
    seconds=5,
    waiting_rounds=5,
    waiting_seconds=10,
    viral_seconds=120,
    requests=1_000_000,
    names=1_010_000,  # so that the list of one petition has a million
    mails=3000,
)
# For two instances that have their names already, and take several turns at waiting.
GROWTH = Pace(
    rounds=5,
    seconds=2,
    waiting_rounds=1,
    waiting_seconds=5,
    viral_seconds=30,
    requests=200_000,
    names=0,
    mails=1000,
)
# Too short to be believed: it shows that everything still runs.
SHORT = Pace(
    rounds=1,
    seconds=1,
    waiting_rounds=1,
    waiting_seconds=2,
    viral_seconds=5,
    requests=10_000,
    names=10_000,
    mails=100,
)
