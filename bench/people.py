"""Made-up people who sign: each with a mailbox of their own."""

from collections.abc import Iterator

from undersign.config.siege.people import DOMAINS, made_up_name


def address(n: int) -> str:
    """Give the address the n-th person comes from, each in a network of their own (/24)."""
    return f"{11 + n % 89}.{n // 89 % 256}.{n // (89 * 256) % 256}.7"


def people(run: str, number: int) -> Iterator[dict[str, str]]:
    """Give `name` and `email` of so many people; another `run` gives others."""
    for n in range(number):
        yield {"name": made_up_name(n), "email": f"signer.{run}.{n}@{DOMAINS[n % len(DOMAINS)]}"}
