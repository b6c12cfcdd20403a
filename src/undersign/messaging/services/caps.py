"""How many mails a mailbox gets. A mail over a cap waits; it is never lost.

Anybody can type anybody's address into a form, so the caps protect the owner of the address from a flood and,
by letting the newest mail through once a day, from being locked out by whoever used them up.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from undersign.messaging.services.post_office import AddressedMail

DAY = timedelta(days=1)
ATTEMPTS_LIVE = timedelta(days=8)
FREE_PER_PETITION = 3
"""So many mails about one petition go out at once; after them one a day."""
PER_DAY = 10
"""So many mails go to a mailbox in 24 hours, whatever they are about and whichever organisation sends."""

HISTORY = b"""
SELECT mailbox_key, petition_id, done_at FROM messaging_outboxmail
WHERE mailbox_key = ANY(%s) AND status = 'sent' AND done_at > %s
"""


@dataclass(slots=True)
class MailboxHistory:
    """When a mailbox got its mails of the last eight days, by petition."""

    sent: list[tuple[datetime, int | None]] = field(default_factory=list)

    def free_at(self, petition_id: int | None, *, at: datetime) -> datetime:
        """Return the first instant from `at` on at which this mailbox may get one more mail."""
        today = sorted(instant for instant, _ in self.sent if instant > at - DAY)
        over_all = today[-PER_DAY] + DAY if len(today) >= PER_DAY else at
        return max(at, over_all, self._petition_free_at(petition_id, at=at))

    def _petition_free_at(self, petition_id: int | None, *, at: datetime) -> datetime:
        about_it = [instant for instant, petition in self.sent if petition == petition_id]
        is_free = petition_id is None or len(about_it) < FREE_PER_PETITION
        return at if is_free else max(about_it) + DAY

    def daily_at(self, *, at: datetime) -> datetime:
        """Return when the next mail may go to somebody who asked for peace: a day after the last."""
        return max([at, *(instant + DAY for instant, _ in self.sent)])


async def mailbox_histories(
    connection: AsyncConnection[Any], items: Sequence[AddressedMail], *, at: datetime
) -> Mapping[bytes, MailboxHistory]:
    """Read what the recipients got as long as attempts live, by their newest key; one query.

    Looked up under every index key, so that limits go on when the index key is replaced.
    """
    newest = {key: item.mailbox_keys[-1] for item in items for key in item.mailbox_keys}
    cursor = await connection.execute(HISTORY, (list(newest), at - ATTEMPTS_LIVE))
    histories: defaultdict[bytes, MailboxHistory] = defaultdict(MailboxHistory)
    for mailbox_key, petition_id, done_at in await cursor.fetchall():
        histories[newest[bytes(mailbox_key)]].sent.append((done_at, petition_id))
    return histories


def mails_over_cap(
    items: Sequence[AddressedMail], histories: Mapping[bytes, MailboxHistory], *, at: datetime
) -> dict[UUID, datetime]:
    """Tell which mails of a batch must wait (by id), and until when; those that go out count for the others.

    The newest is looked at first: it is the one its owner is waiting for.
    """
    waiting = {}
    for item in sorted(items, key=lambda item: item.mail.id, reverse=True):
        history = histories[item.mailbox_keys[-1]]
        free_at = history.free_at(item.mail.petition_id, at=at)
        if free_at > at:
            waiting[item.mail.id] = free_at
        else:
            history.sent.append((at, item.mail.petition_id))
    return waiting
