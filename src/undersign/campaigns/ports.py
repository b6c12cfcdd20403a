"""What the rules about texts need from the packages above them."""

from datetime import datetime
from typing import Protocol


class Binder(Protocol):
    """Whoever ties people to texts."""

    def has_bound(self, *, petition_id: int, since: datetime) -> bool:
        """Say whether anybody has begun to sign the petition, or has signed it, since then."""


_binders: list[Binder] = []


def binder_appoint(binder: Binder) -> None:
    """Have `binder` asked before words that people may have signed are replaced."""
    _binders.append(binder)


def binders() -> tuple[Binder, ...]:
    """Return everybody who was appointed."""
    return tuple(_binders)
