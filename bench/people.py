"""Made-up people who sign: each with a mailbox of their own."""

import secrets
from collections.abc import Iterator
from itertools import count

from undersign.config.siege.people import DOMAINS, made_up_name

NETWORKS = 89 * 256 * 256


def addresses() -> Iterator[str]:
    """Give the addresses people come from, each in a network of their own (/24); another time others."""
    for n in count(secrets.randbelow(NETWORKS)):
        yield f"{11 + n % 89}.{n // 89 % 256}.{n // (89 * 256) % 256}.7"


def people(run: str, number: int) -> Iterator[dict[str, str]]:
    """Give `name` and `email` of so many people; another `run` gives others."""
    for n in range(number):
        yield {"name": made_up_name(n), "email": f"signer.{run}.{n}@{DOMAINS[n % len(DOMAINS)]}"}
