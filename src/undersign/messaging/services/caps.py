"""How many mails a mailbox gets. A mail over a cap waits; it is never lost.

Anybody can type anybody's address into a form, so the caps protect the owner of the address from a flood.
Nor can a stranger lock the owner out by using them up: of the mails that wait, the one goes first that was
asked for from the network which has had the fewest for this mailbox.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Any, NamedTuple
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
SELECT mailbox_key, done_at, petition_id, network FROM messaging_outboxmail
WHERE mailbox_key = ANY(%s) AND status = 'sent' AND done_at > %s
"""


class SentBefore(NamedTuple):
    """When a mailbox got a mail, what it was about, and from which network it was asked for."""

    at: datetime
    petition_id: int | None
    network: IPv4Address | IPv6Address | None


@dataclass(slots=True)
class MailboxHistory:
    """The mails that a mailbox got in the last eight days."""

    sent: list[SentBefore] = field(default_factory=list)

    def free_at(self, petition_id: int | None, *, at: datetime) -> datetime:
        """Return the first instant from `at` on at which this mailbox may get one more mail."""
        today = sorted(before.at for before in self.sent if before.at > at - DAY)
        over_all = today[-PER_DAY] + DAY if len(today) >= PER_DAY else at
        return max(at, over_all, self._petition_free_at(petition_id, at=at))

    def _petition_free_at(self, petition_id: int | None, *, at: datetime) -> datetime:
        about_it = [before.at for before in self.sent if before.petition_id == petition_id]
        is_free = petition_id is None or len(about_it) < FREE_PER_PETITION
        return at if is_free else max(about_it) + DAY

    def daily_at(self, *, at: datetime) -> datetime:
        """Return when the next mail may go to somebody who asked for peace: a day after the last."""
        return max([at, *(before.at + DAY for before in self.sent)])

    def served(self, network: IPv4Address | IPv6Address | None) -> int:
        """Count the mails that this mailbox got because somebody in that network asked for them."""
        return sum(before.network == network for before in self.sent)


async def mailbox_histories(
    connection: AsyncConnection[Any], items: Sequence[AddressedMail], *, at: datetime
) -> Mapping[bytes, MailboxHistory]:
    """Read what the recipients got as long as attempts live, by their newest key; one query.

    Looked up under every index key, so that limits go on when the index key is replaced.
    """
    newest = {key: item.mailbox_keys[-1] for item in items for key in item.mailbox_keys}
    cursor = await connection.execute(HISTORY, (list(newest), at - ATTEMPTS_LIVE))
    histories: defaultdict[bytes, MailboxHistory] = defaultdict(MailboxHistory)
    for mailbox_key, *before in await cursor.fetchall():
        histories[newest[bytes(mailbox_key)]].sent.append(SentBefore(*before))
    return histories


def mails_over_cap(
    items: Sequence[AddressedMail], histories: Mapping[bytes, MailboxHistory], *, at: datetime
) -> dict[UUID, datetime]:
    """Tell which mails of a batch must wait (by id), and until when; those that go out count for the others.

    Those go first whose network has had the fewest for this mailbox, and of these the newest: its owner is
    waiting for it. Mails that wait do so until the same instant and a second more for each that their network
    has had, so that the next claim finds them in that order, however many there are.
    """
    waiting = {}
    for item in _fairest_first(items, histories):
        mail, history = item.mail, histories[item.mailbox_keys[-1]]
        free_at = history.free_at(mail.petition_id, at=at)
        if free_at > at:
            waiting[mail.id] = free_at + history.served(mail.network) * timedelta(seconds=1)
        else:
            history.sent.append(SentBefore(at, mail.petition_id, mail.network))
    return waiting


def _fairest_first(
    items: Sequence[AddressedMail], histories: Mapping[bytes, MailboxHistory]
) -> list[AddressedMail]:
    newest_first = sorted(items, key=lambda item: item.mail.id, reverse=True)
    return sorted(newest_first, key=lambda item: histories[item.mailbox_keys[-1]].served(item.mail.network))
