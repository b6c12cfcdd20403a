"""What a worker sent a moment ago, in case the database forgets that it was told.

The record of a mail does not wait for the disk, and the last one may not arrive at all. Whoever sent the
mails still knows, and tells a database that it had to connect to again before it takes further mails.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from psycopg import AsyncConnection

from undersign.messaging.services.claims import SentMail, mails_settle_again

# PostgreSQL writes what does not wait within 0.6 s (three times wal_writer_delay); a standby may lag more.
REMEMBERED_FOR = timedelta(seconds=10)


@dataclass(slots=True)
class SentLately:
    """Mails that a server took in the last moments; while nothing is sent, none is let go."""

    _mails: deque[SentMail] = field(default_factory=deque)
    _told: AsyncConnection[Any] | None = None

    def add(self, sent: SentMail) -> None:
        """Remember a mail from the moment when the server has it."""
        self._mails.append(sent)
        while self._mails[0].at < sent.at - REMEMBERED_FOR:
            self._mails.popleft()

    async def tell(self, connection: AsyncConnection[Any]) -> int:
        """Record them once on each connection, and tell how many were not recorded any more."""
        if connection is self._told:
            return 0
        forgotten = await mails_settle_again(connection, self._mails) if self._mails else 0
        self._told = connection
        return forgotten
