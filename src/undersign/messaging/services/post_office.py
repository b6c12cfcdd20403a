"""What draining the outbox works with."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from psycopg import AsyncConnection

from undersign.foundation.keyed_hash import IndexKey
from undersign.messaging.letters import Composer, Letter
from undersign.messaging.outgoing import House
from undersign.messaging.senders.transport import Transport
from undersign.messaging.services.claims import ClaimedMail
from undersign.messaging.services.sent_lately import SentLately
from undersign.messaging.services.suppression import MailboxOf

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PostOffice:
    """Wired by `config`.

    `paused_petitions` tells whose mail waits, `executor` is the transport's thread, and once `is_closing`
    says so no further mail of a batch is begun.
    """

    composers: Mapping[str, Composer]
    paused_petitions: Callable[[AsyncConnection[Any]], Awaitable[Collection[int]]]
    transport: Transport
    executor: Executor
    house: House
    index_keys: Sequence[IndexKey]
    clock: Callable[[], datetime]
    is_closing: Callable[[], bool]
    sent_lately: SentLately = field(default_factory=SentLately)

    async def in_thread(self, work: Callable[..., T], *values: Any) -> T:
        """Do something with the transport, which blocks, in its thread."""
        return await asyncio.get_running_loop().run_in_executor(self.executor, work, *values)


@dataclass(frozen=True, slots=True)
class AddressedMail:
    """A claimed mail with its letter.

    `mailbox_keys` are the recipient's in the whole instance, one for each index key, the newest last.
    """

    mail: ClaimedMail
    letter: Letter
    mailbox_keys: tuple[bytes, ...]

    @property
    def mailbox(self) -> MailboxOf:
        """The recipient as the mail's organisation knows it."""
        return MailboxOf(self.mail.organisation_id, self.letter.to)
