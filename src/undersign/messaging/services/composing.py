"""From claimed mails to letters: those over a cap wait, those without a cause or a mailbox are dropped."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from psycopg import AsyncConnection, OperationalError

from undersign.messaging.letters import Composer, Letter, Unwritten
from undersign.messaging.models import OutboxMail
from undersign.messaging.services.caps import MailboxHistory, SentBefore, mailbox_histories, mails_over_cap
from undersign.messaging.services.claims import (
    ClaimedMail,
    Postponement,
    Verdict,
    mail_settle,
    mails_postpone,
)
from undersign.messaging.services.one_writer import Mailboxes
from undersign.messaging.services.post_office import AddressedMail, PostOffice
from undersign.messaging.services.retries import retry_at
from undersign.messaging.services.suppression import suppressions_find
from undersign.supporters.mailbox import instance_mailbox_key, parse_address
from undersign.supporters.models import Suppression

log = structlog.get_logger()

# How long a mail waits whose mailbox another worker writes to.
ANOTHER_WRITES = timedelta(seconds=2)


async def letters_for(
    mails: Sequence[ClaimedMail], office: PostOffice, mailboxes: Mailboxes, *, at: datetime
) -> list[AddressedMail]:
    """Write the letters that may go out now, in the order of `mails`, and record what the others wait for."""
    connection = mailboxes.connection
    written = await _written(connection, mails, office, at=at)
    ours = await _ours(mailboxes, written, at=at)
    within = await _within_caps(connection, ours, at=at)
    return await _without_suppressed(connection, within, office, at=at)


async def _ours(
    mailboxes: Mailboxes, written: Sequence[AddressedMail], *, at: datetime
) -> list[AddressedMail]:
    """Let mails wait whose mailbox another worker writes to: the caps would not count what that one sends."""
    ours = await mailboxes.take(written)
    kept = {item.mail.id for item in ours}
    others = [
        Postponement(item.mail, at + ANOTHER_WRITES, "another worker writes to this mailbox")
        for item in written
        if item.mail.id not in kept
    ]
    await mails_postpone(mailboxes.connection, others, tries=0)
    return ours


async def _within_caps(
    connection: AsyncConnection[Any], written: Sequence[AddressedMail], *, at: datetime
) -> list[AddressedMail]:
    histories = await mailbox_histories(connection, written, at=at)
    waiting = mails_over_cap(written, histories, at=at)
    postponed = [
        Postponement(item.mail, waiting[item.mail.id], "cap") for item in written if item.mail.id in waiting
    ]
    await mails_postpone(connection, postponed, tries=0)
    return [item for item in written if item.mail.id not in waiting]


async def _written(
    connection: AsyncConnection[Any], mails: Sequence[ClaimedMail], office: PostOffice, *, at: datetime
) -> list[AddressedMail]:
    letters: dict[UUID, Letter] = {}
    for kind, group in _by_kind(mails).items():
        results = await _composed(connection, office.composers[kind], group, at=at)
        letters |= await _record_unwritten(connection, group, results, at=at)
    return [_addressed(mail, letters[mail.id], office) for mail in mails if mail.id in letters]


def _addressed(mail: ClaimedMail, letter: Letter, office: PostOffice) -> AddressedMail:
    address = parse_address(letter.to)
    keys = (instance_mailbox_key(address, index_key=index_key) for index_key in office.index_keys)
    return AddressedMail(mail, letter, tuple(keys))


def _by_kind(mails: Sequence[ClaimedMail]) -> Mapping[str, list[ClaimedMail]]:
    groups: defaultdict[str, list[ClaimedMail]] = defaultdict(list)
    for mail in mails:
        groups[mail.kind].append(mail)
    return groups


async def _composed(
    connection: AsyncConnection[Any], composer: Composer, mails: Sequence[ClaimedMail], *, at: datetime
) -> Mapping[UUID, Letter | Unwritten]:
    """Compose a batch; when that fails, each mail by itself, so that one bad cause stops no other."""
    causes = [mail.cause_id for mail in mails]
    try:
        return await composer.compose(connection, causes, at=at)
    except OperationalError:
        raise
    except Exception as error:
        log.exception("mail_compose_failed", mails=len(mails))
        if len(mails) == 1:
            return {causes[0]: Unwritten(type(error).__name__)}
    results: dict[UUID, Letter | Unwritten] = {}
    for mail in mails:
        results |= await _composed(connection, composer, [mail], at=at)
    return results


async def _record_unwritten(
    connection: AsyncConnection[Any],
    mails: Sequence[ClaimedMail],
    results: Mapping[UUID, Letter | Unwritten],
    *,
    at: datetime,
) -> dict[UUID, Letter]:
    letters: dict[UUID, Letter] = {}
    postponed = []
    for mail in mails:
        match results.get(mail.cause_id):
            case Letter() as letter:
                letters[mail.id] = letter
            case Unwritten(reason=reason):
                postponed.append(Postponement(mail, retry_at(mail.tries, at=at), reason))
            case None:
                await mail_settle(connection, mail, Verdict(OutboxMail.Status.DROPPED, "cause gone"), at=at)
    await mails_postpone(connection, postponed, tries=1)
    return letters


async def _without_suppressed(
    connection: AsyncConnection[Any], written: Sequence[AddressedMail], office: PostOffice, *, at: datetime
) -> list[AddressedMail]:
    """Leave out suppressed mailboxes, but for what they ask for themselves, once a day, if none bounces."""
    suppressed = await suppressions_find(
        connection, [item.mailbox for item in written], keys=office.index_keys
    )
    if not suppressed:
        return list(written)
    histories = await mailbox_histories(connection, written, at=at)
    allowed = []
    for item in written:
        reasons = suppressed.get(item.mailbox, set())
        if not reasons or await _may_pass(connection, item, reasons, histories, office=office, at=at):
            allowed.append(item)
    return allowed


async def _may_pass(
    connection: AsyncConnection[Any],
    item: AddressedMail,
    reasons: set[str],
    histories: Mapping[bytes, MailboxHistory],
    *,
    office: PostOffice,
    at: datetime,
) -> bool:
    is_asked_for = office.composers[item.mail.kind].is_asked_for
    if Suppression.Reason.BOUNCED in reasons or not is_asked_for:
        verdict = Verdict(OutboxMail.Status.DROPPED, f"suppressed: {', '.join(sorted(reasons))}")
        await mail_settle(connection, item.mail, verdict, at=at)
        return False
    history = histories[item.mailbox_keys[-1]]
    free_at = history.daily_at(at=at)
    if free_at > at:
        await mails_postpone(connection, [Postponement(item.mail, free_at, "suppressed")], tries=0)
        return False
    history.sent.append(SentBefore(at, item.mail.petition_id, item.mail.network))
    return True
