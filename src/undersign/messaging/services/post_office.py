"""What draining the outbox works with."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from undersign.foundation.keyed_hash import IndexKey
from undersign.messaging.letters import Composer, Letter
from undersign.messaging.outgoing import House
from undersign.messaging.senders.transport import Transport
from undersign.messaging.services.claims import ClaimedMail
from undersign.messaging.services.suppression import MailboxOf


@dataclass(frozen=True, slots=True)
class PostOffice:
    """Wired by `config`. `paused_petitions` tells whose mail waits; `executor` is the transport's thread."""

    composers: Mapping[str, Composer]
    paused_petitions: Callable[[AsyncConnection[Any]], Awaitable[Collection[int]]]
    transport: Transport
    executor: Executor
    house: House
    index_keys: Sequence[IndexKey]
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class AddressedMail:
    """A claimed mail with its letter."""

    mail: ClaimedMail
    letter: Letter

    @property
    def mailbox(self) -> MailboxOf:
        """The recipient as the mail's organisation knows it."""
        return MailboxOf(self.mail.organisation_id, self.letter.to)
