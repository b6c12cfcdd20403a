"""Mailboxes that are not written to, found under every index key that a list may have been kept with."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from undersign.foundation.keyed_hash import IndexKey
from undersign.supporters.mailbox import email_key, parse_address

FIND = b"""
SELECT wanted.place, s.reason
FROM unnest(%s::int[], %s::bigint[], %s::bytea[]) AS wanted (place, organisation_id, email_key)
JOIN supporters_suppression s USING (organisation_id, email_key)
"""

# A mailbox that bounces is not written to at all, so that reason wins over a complaint; "erased" stands.
ADD = b"""
INSERT INTO supporters_suppression AS known (organisation_id, email_key, epoch_id, reason, at)
SELECT %(organisation_id)s, mailbox.email_key, epoch.number, %(reason)s, %(at)s
FROM unnest(%(epochs)s::int[], %(email_keys)s::bytea[]) AS mailbox (epoch, email_key)
JOIN supporters_indexepoch epoch ON epoch.number = mailbox.epoch AND epoch.state = 'live'
ON CONFLICT (organisation_id, email_key) DO UPDATE SET reason = excluded.reason, at = excluded.at
WHERE known.reason = 'complained' AND excluded.reason = 'bounced'
"""


@dataclass(frozen=True, slots=True)
class MailboxOf:
    """An address as one organisation knows it."""

    organisation_id: int
    address: str

    def key(self, index_key: IndexKey) -> bytes:
        """Compute what the mailbox is found by under one index key."""
        return email_key(
            parse_address(self.address), organisation_id=self.organisation_id, index_key=index_key
        )


async def suppressions_find(
    connection: AsyncConnection[Any], mailboxes: Sequence[MailboxOf], *, keys: Sequence[IndexKey]
) -> Mapping[MailboxOf, set[str]]:
    """Tell for which reasons (Suppression.Reason) each mailbox is suppressed; one query."""
    wanted = [(place, box, key) for place, box in enumerate(mailboxes) for key in keys]
    cursor = await connection.execute(
        FIND,
        (
            [place for place, _, _ in wanted],
            [box.organisation_id for _, box, _ in wanted],
            [box.key(key) for _, box, key in wanted],
        ),
    )
    found: defaultdict[MailboxOf, set[str]] = defaultdict(set)
    for place, reason in await cursor.fetchall():
        found[mailboxes[place]].add(reason)
    return found


async def suppression_add(
    connection: AsyncConnection[Any],
    mailbox: MailboxOf,
    *,
    reason: str,
    keys: Sequence[IndexKey],
    at: datetime,
) -> None:
    """Write to this mailbox no more. It is kept under the live index epoch."""
    await connection.execute(ADD, suppression_values(mailbox, reason=reason, keys=keys, at=at))


def suppression_values(
    mailbox: MailboxOf, *, reason: str, keys: Sequence[IndexKey], at: datetime
) -> dict[str, Any]:
    """Give the parameters of ADD."""
    return {
        "organisation_id": mailbox.organisation_id,
        "epochs": [key.epoch for key in keys],
        "email_keys": [mailbox.key(key) for key in keys],
        "reason": reason,
        "at": at,
    }
