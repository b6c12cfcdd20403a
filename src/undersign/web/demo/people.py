"""People who do not exist, and what they say."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import yaml

from undersign.signing.models import Display

_COUNTRIES = ("GB", "DE", "IE", "FR", "NG", "TR", "UA", "NL", "ES", "AT")
_WORDS = yaml.safe_load(Path(__file__).with_name("people.yaml").read_text(encoding="utf-8"))
_SOURCES = ("", "", "newsletter", "leaflet", "share", "share")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented, and how they sign."""

    name: str
    email: str
    display: str
    reason: str
    country: str
    source: str
    at: datetime


def people(*, number: int, until: datetime, days: float, seed: str) -> Iterator[Person]:
    """Invent people who sign over `days` days up to `until`, oldest first; the same seed gives the same."""
    chance = random.Random(seed)  # noqa: S311 -- nothing here is secret
    # Much at the beginning, a second wave in the middle, a trickle between: as campaigns go.
    ages = sorted((_age(chance) * days for _ in range(number)), reverse=True)
    groups = [group for group in _WORDS["names"] for _ in range(group["weight"])]
    for index, age in enumerate(ages):
        group = chance.choice(groups)
        yield Person(
            name=f"{chance.choice(group['given'].split())} {chance.choice(group['family'].split())}",
            email=f"{seed}-{index}@people.example",
            display=chance.choices(list(Display), weights=(6, 3, 2))[0],
            reason=chance.choice(_WORDS["reasons"]) if chance.random() < 0.12 else "",
            country=chance.choice(_COUNTRIES),
            source=chance.choice(_SOURCES),
            at=until - timedelta(days=age),
        )


def _age(chance: random.Random) -> float:
    """Draw how long ago somebody signed, as a share of the campaign's time."""
    if chance.random() < 0.3:
        return min(1.0, max(0.0, chance.gauss(0.45, 0.04)))
    return 1 - min(1.0, chance.expovariate(2.2))
