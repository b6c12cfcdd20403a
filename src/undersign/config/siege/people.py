"""Who comes: names, mailboxes and networks, the same at every siege."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

FIRST = (
    "Amina",
    "Björn",
    "Chloé",
    "Dmitri",
    "Elif",
    "Fatou",
    "Giulia",
    "Håkon",
    "Ines",
    "José",
    "Zoë",
    "Yara",
)
LAST = ("Ames", "Baker", "Castillo", "Diallo", "Eriksson", "Fischer", "García", "Haddad", "Ivanova", "Jansen")
# As mail is spread: most of it goes to a few providers.
DOMAINS = ("gmail.com", "gmail.com", "outlook.com", "yahoo.com", "gmx.de", "posteo.de", "people.example")


def made_up_name(n: int) -> str:
    """Give the n-th name; after 120 they come again."""
    return f"{FIRST[n % len(FIRST)]} {LAST[n // len(FIRST) % len(LAST)]}"


@dataclass(frozen=True, slots=True)
class Person:
    """One who signs: `address` is where they come from, `source` the link that brought them."""

    name: str
    email: str
    address: str
    source: str = "friends"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part of the crowd comes from: so many networks for a share of all people."""

    name: str
    share: float
    networks: int


def honest_places(number: int) -> tuple[Place, ...]:
    """Say where so many honest people are: most behind a carrier's or a school's address."""
    return (
        Place("homes", 0.2, max(1, number // 5)),
        Place("mobile carriers", 0.6, max(1, number // 1_500)),
        Place("schools", 0.2, max(1, number // 2_500)),
    )


def honest_people(number: int, *, seed: int = 1) -> Iterator[tuple[str, Person]]:
    """Give the place and the person, in the order in which they come."""
    dice = random.Random(seed)  # noqa: S311 -- the same crowd at every siege
    places = honest_places(number)
    for n in range(number):
        (place,) = dice.choices(places, [place.share for place in places])
        network = dice.randrange(place.networks)
        name = f"{dice.choice(FIRST)} {dice.choice(LAST)}"
        email = f"honest.{n}@{dice.choice(DOMAINS)}"
        yield place.name, Person(name, email, _address(places.index(place), network, dice.randrange(1, 255)))


def _address(block: int, network: int, host: int) -> str:
    """Write an address of the n-th network of a block; blocks and networks do not meet."""
    if block == 1:  # carriers give a whole /64 to one customer, but one IPv4 to thousands
        return f"172.{16 + network // 256 % 16}.{network % 256}.{host}"
    if block == 2:
        return f"192.168.{network % 256}.{host}"
    return f"10.{network // 256 % 256}.{network % 256}.{host}"
