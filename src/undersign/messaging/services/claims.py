"""Taking mails from the outbox and putting them back with what became of them.

A claim is an instant, `claimed_until`. It is also the proof of the claim: nobody else can hold the same one
while it lasts, so every change of a claimed row compares it first. A worker that died leaves claims that are
given back, see abandoned; a worker that was slow finds its claim taken and changes nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A row of the outbox that is ours until `claimed_until`."""

    id: UUID
    kind: str
    cause_id: UUID
    organisation_id: int
    petition_id: int | None
    email_key: bytes
    network: IPv4Address | IPv6Address | None
    priority: int
    tries: int
    claimed_until: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """The end of a mail: a status of OutboxMail, what the server said, and which provider it was.

    `mailbox_key` is whose limits it counts against, if it was sent.
    """

    status: str
    error: str = ""
    provider: str = ""
    mailbox_key: bytes | None = None


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail that a server took at an instant; see Verdict."""

    id: UUID
    at: datetime
    verdict: Verdict


# Mails over a cap wait until the same instant; among these the newest goes first, see caps.
CLAIM = b"""
UPDATE messaging_outboxmail SET claimed_until = %(until)s
WHERE id IN (
    SELECT id FROM messaging_outboxmail
    WHERE status = 'queued' AND not_before <= %(at)s
      AND (claimed_until IS NULL OR claimed_until <= %(at)s)
      AND kind = ANY(%(kinds)s) AND (petition_id IS NULL OR petition_id <> ALL(%(paused)s))
      AND NOT EXISTS (SELECT FROM foundation_switches WHERE mail_paused_at IS NOT NULL)
    ORDER BY priority, not_before, id DESC
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED)
RETURNING id, kind, cause_id, organisation_id, petition_id, email_key, network, priority,
    tries, claimed_until
"""

STILL_HELD = b"""
SELECT FROM messaging_outboxmail WHERE id = %s AND status = 'queued' AND claimed_until = %s
"""

# Not waiting for the disk: a crash of the database forgets the verdicts of the last half second, and is told
# again by whoever sent them, see sent_lately.
SETTLE = b"""
UPDATE messaging_outboxmail
SET status = %(status)s, done_at = %(at)s, last_error = %(error)s, provider = %(provider)s,
    mailbox_key = %(mailbox_key)s, claimed_until = NULL, tries = tries + 1
WHERE id = %(id)s AND status = 'queued' AND claimed_until = %(until)s
  AND set_config('synchronous_commit', 'off', true) = 'off'
"""

SETTLE_AND_LOOK = (
    b"WITH settled AS ("
    + SETTLE
    + b""")
SELECT EXISTS (
    SELECT FROM messaging_outboxmail
    WHERE id = %(next_id)s AND status = 'queued' AND claimed_until = %(next_until)s)
"""
)

# Whoever holds a claim by now would send again what is sent: the claim is not compared.
SETTLE_AGAIN = b"""
UPDATE messaging_outboxmail mail
SET status = 'sent', done_at = sent.at, last_error = '', provider = sent.provider,
    mailbox_key = sent.mailbox_key, claimed_until = NULL, tries = mail.tries + 1
FROM unnest(%(ids)s::uuid[], %(at)s::timestamptz[], %(providers)s::text[], %(mailbox_keys)s::bytea[])
     AS sent (id, at, provider, mailbox_key)
WHERE mail.id = sent.id AND mail.status = 'queued'
"""

POSTPONE = b"""
UPDATE messaging_outboxmail mail
SET not_before = later.not_before, last_error = later.error, claimed_until = NULL,
    tries = mail.tries + %(tries)s
FROM unnest(%(ids)s::uuid[], %(not_before)s::timestamptz[], %(errors)s::text[])
     AS later (id, not_before, error)
WHERE mail.id = later.id AND mail.status = 'queued' AND mail.claimed_until = %(until)s
"""

RELEASE = b"""
UPDATE messaging_outboxmail SET claimed_until = NULL
WHERE id = ANY(%(ids)s) AND status = 'queued' AND claimed_until = %(until)s
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which mails to claim: of these kinds, of no paused petition, at most `limit`."""

    kinds: Collection[str]
    paused_petitions: Collection[int]
    limit: int


async def mails_claim(
    connection: AsyncConnection[Any], wanted: Wanted, *, at: datetime, until: datetime
) -> list[ClaimedMail]:
    """Claim what is due, the most urgent first; nothing while mail is paused for the instance."""
    async with connection.cursor(row_factory=class_row(ClaimedMail)) as cursor:
        await cursor.execute(
            CLAIM,
            {
                "at": at,
                "until": until,
                "kinds": list(wanted.kinds),
                "paused": list(wanted.paused_petitions),
                "limit": wanted.limit,
            },
        )
        return sorted(await cursor.fetchall(), key=lambda mail: (mail.priority, mail.id))


async def claim_is_held(connection: AsyncConnection[Any], mail: ClaimedMail) -> bool:
    """Tell whether a mail may still go out: not dropped, held or taken over since it was claimed."""
    cursor = await connection.execute(STILL_HELD, (mail.id, mail.claimed_until))
    return cursor.rowcount == 1


async def mail_settle(
    connection: AsyncConnection[Any], mail: ClaimedMail, verdict: Verdict, *, at: datetime
) -> bool:
    """Record the end of a mail; false if the claim was lost, and then nothing is changed."""
    cursor = await connection.execute(SETTLE, _end_of(mail, verdict, at))
    return cursor.rowcount == 1


async def mail_settle_and_look(
    connection: AsyncConnection[Any],
    mail: ClaimedMail,
    verdict: Verdict,
    *,
    following: ClaimedMail,
    at: datetime,
) -> bool:
    """Record the end of a mail and tell whether the following may go out, in one statement."""
    values = _end_of(mail, verdict, at) | {"next_id": following.id, "next_until": following.claimed_until}
    cursor = await connection.execute(SETTLE_AND_LOOK, values)
    row = await cursor.fetchone()
    return bool(row and row[0])


def _end_of(mail: ClaimedMail, verdict: Verdict, at: datetime) -> dict[str, Any]:
    return {
        "id": mail.id,
        "until": mail.claimed_until,
        "status": verdict.status,
        "error": verdict.error,
        "provider": verdict.provider,
        "mailbox_key": verdict.mailbox_key,
        "at": at,
    }


async def mails_settle_again(connection: AsyncConnection[Any], sent: Collection[SentMail]) -> int:
    """Record mails as sent that the database may have forgotten; tell how many it had."""
    cursor = await connection.execute(
        SETTLE_AGAIN,
        {
            "ids": [mail.id for mail in sent],
            "at": [mail.at for mail in sent],
            "providers": [mail.verdict.provider for mail in sent],
            "mailbox_keys": [mail.verdict.mailbox_key for mail in sent],
        },
    )
    return cursor.rowcount


@dataclass(frozen=True, slots=True)
class Postponement:
    """A mail waits until `not_before`, and why."""

    mail: ClaimedMail
    not_before: datetime
    reason: str = ""


async def mails_postpone(
    connection: AsyncConnection[Any], postponements: Sequence[Postponement], *, tries: int
) -> None:
    """Let mails of one claim wait; `tries` is 1 if a server was asked for each of them, else 0."""
    if not postponements:
        return
    await connection.execute(
        POSTPONE,
        _of_one_claim([p.mail for p in postponements])
        | {
            "not_before": [p.not_before for p in postponements],
            "errors": [p.reason for p in postponements],
            "tries": tries,
        },
    )


async def mails_release(connection: AsyncConnection[Any], mails: Sequence[ClaimedMail]) -> None:
    """Give back mails of one claim untouched, for whoever claims next."""
    if mails:
        await connection.execute(RELEASE, _of_one_claim(mails))


def _of_one_claim(mails: Sequence[ClaimedMail]) -> dict[str, Any]:
    return {"ids": [mail.id for mail in mails], "until": mails[0].claimed_until if mails else None}
