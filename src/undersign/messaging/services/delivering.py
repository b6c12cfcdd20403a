"""Handing letters to the mail server, one after the other, and recording each answer before the next."""

from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from psycopg import AsyncConnection

from undersign.foundation.metrics import MAILS
from undersign.messaging.errors import MailServerTrouble
from undersign.messaging.models import OutboxMail
from undersign.messaging.outgoing import mail_build
from undersign.messaging.providers import provider_of
from undersign.messaging.senders.outcome import Fate, Outcome
from undersign.messaging.services.claims import (
    Postponement,
    Verdict,
    claim_is_held,
    mail_settle,
    mails_postpone,
    mails_release,
)
from undersign.messaging.services.post_office import AddressedMail, PostOffice
from undersign.messaging.services.retries import is_given_up, retry_at
from undersign.messaging.services.suppression import suppression_add
from undersign.supporters.models import Suppression

log = structlog.get_logger()

# No mail is begun later than this before its claim ends: longer than a server may keep us waiting.
MARGIN = timedelta(minutes=2)
# After so many troubles in a row the server is left alone for a while.
TROUBLES = 2

_END = {Fate.REFUSED: OutboxMail.Status.FAILED, Fate.NO_MAILBOX: OutboxMail.Status.BOUNCED}


async def letters_send(
    connection: AsyncConnection[Any], items: Sequence[AddressedMail], office: PostOffice
) -> None:
    """Send letters of one claim; what is not sent is free again. Raises MailServerTrouble."""
    waiting = deque(items)
    troubles = 0
    try:
        while waiting and troubles < TROUBLES and _may_begin(waiting[0], office):
            await office.in_thread(office.transport.connect)
            is_answered = await _deliver(connection, waiting.popleft(), office)
            troubles = 0 if is_answered else troubles + 1
    finally:
        await mails_release(connection, [item.mail for item in waiting])
    if troubles == TROUBLES:
        raise MailServerTrouble("the mail server fails for one mail after the other")


def _may_begin(item: AddressedMail, office: PostOffice) -> bool:
    return not office.is_closing() and office.clock() < item.mail.claimed_until - MARGIN


async def _deliver(connection: AsyncConnection[Any], item: AddressedMail, office: PostOffice) -> bool:
    """Send one letter and record what became of it; false if the server failed rather than answered."""
    if not await claim_is_held(connection, item.mail):
        return True
    message = mail_build(
        item.letter,
        outbox_id=item.mail.id,
        organisation_id=item.mail.organisation_id,
        house=office.house,
        at=office.clock(),
    )
    try:
        outcome = await office.in_thread(office.transport.send, message)
    except MailServerTrouble as trouble:
        log.warning("mail_server_trouble", error=str(trouble))
        await _record(connection, item, Outcome(Fate.LATER, str(trouble)), office)
        return False
    await _record(connection, item, outcome, office)
    return True


async def _record(
    connection: AsyncConnection[Any], item: AddressedMail, outcome: Outcome, office: PostOffice
) -> None:
    at = office.clock()
    MAILS.labels(item.mail.kind, outcome.fate.value).inc()
    provider = provider_of(item.letter.to)
    if outcome.fate is Fate.ACCEPTED:
        await mail_settle(connection, item.mail, Verdict(OutboxMail.Status.SENT, "", provider), at=at)
        return
    log.warning("mail_not_taken", mail=str(item.mail.id), fate=outcome.fate.value, words=outcome.words)
    if outcome.fate is Fate.LATER and not is_given_up(item.mail.id, at=at):
        later = Postponement(item.mail, retry_at(item.mail.tries, at=at), outcome.words)
        await mails_postpone(connection, [later], tries=1)
        return
    status = _END.get(outcome.fate, OutboxMail.Status.FAILED)
    await mail_settle(connection, item.mail, Verdict(status, outcome.words, provider), at=at)
    if outcome.fate is Fate.NO_MAILBOX:
        reason = Suppression.Reason.BOUNCED
        await suppression_add(connection, item.mailbox, reason=reason, keys=office.index_keys, at=at)
