"""What a composer writes, and what the outbox asks of it.

A package above registers one composer for each kind of mail in `config`; the outbox knows only this.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from psycopg import AsyncConnection


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom a letter comes from: the organisation's name and the address where it wants answers."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail in clear, ready to be sent. `to` is an address; `text` and `html` say the same."""

    to: str
    sender: Sender
    subject: str
    text: str
    html: str
    locale: str


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A letter that cannot be written now, such as when a key is missing: it waits and is tried again."""

    reason: str


class Composer(Protocol):
    """Writes the letters of one kind."""

    is_asked_for: bool
    """Whether the person asked for this very mail just now; a mailing is not asked for."""

    async def compose(
        self, connection: AsyncConnection[Any], causes: Sequence[UUID], *, at: datetime
    ) -> Mapping[UUID, Letter | Unwritten]:
        """Write a letter for each cause; a cause that is gone is left out, and its mail is dropped."""
        ...
