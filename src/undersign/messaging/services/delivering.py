"""Handing letters to the mail server, one after the other, and recording each answer before the next."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from psycopg import AsyncConnection

from undersign.foundation.metrics import MAILS
from undersign.messaging.errors import MailServerTrouble
from undersign.messaging.models import OutboxMail
from undersign.messaging.outgoing import OrganisationMail, mail_build
from undersign.messaging.providers import provider_of
from undersign.messaging.senders.outcome import Fate, Outcome
from undersign.messaging.services.claims import (
    ClaimedMail,
    Postponement,
    SentMail,
    Verdict,
    claim_is_held,
    mail_settle,
    mail_settle_and_look,
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
    delivery = _Delivery(connection, office, deque(items))
    troubles = 0
    try:
        while troubles < TROUBLES and delivery.may_begin():
            troubles = 0 if await delivery.send_next() else troubles + 1
    finally:
        await mails_release(connection, [item.mail for item in delivery.waiting])
    if troubles == TROUBLES:
        raise MailServerTrouble("the mail server fails for one mail after the other")


@dataclass(slots=True)
class _Delivery:
    """Letters of one claim on their way; one at a time is in the server's hands."""

    connection: AsyncConnection[Any]
    office: PostOffice
    waiting: deque[AddressedMail]
    _next_is_held: bool | None = None
    """Whether the claim of the next one holds; None when nobody has looked just now."""

    def may_begin(self) -> bool:
        """Tell whether there is a next letter and time enough to send it."""
        if not self.waiting or self.office.is_closing():
            return False
        return self.office.clock() < self.waiting[0].mail.claimed_until - MARGIN

    async def send_next(self) -> bool:
        """Send one letter and record what became of it; false if the server failed rather than answered."""
        if not self.office.transport.is_connected:
            await self.office.in_thread(self.office.transport.connect)
            self._next_is_held = None
        item = self.waiting.popleft()
        if not await self._is_held(item.mail):
            return True
        try:
            outcome = await self.office.in_thread(self.office.transport.send, _message(item, self.office))
        except MailServerTrouble as trouble:
            log.warning("mail_server_trouble", error=str(trouble))
            await self._record(item, Outcome(Fate.LATER, str(trouble)))
            return False
        await self._record(item, outcome)
        return True

    async def _is_held(self, mail: ClaimedMail) -> bool:
        known, self._next_is_held = self._next_is_held, None
        return await claim_is_held(self.connection, mail) if known is None else known

    async def _record(self, item: AddressedMail, outcome: Outcome) -> None:
        MAILS.labels(item.mail.kind, outcome.fate.value).inc()
        if outcome.fate is Fate.ACCEPTED:
            await self._record_sent(item)
        else:
            log.warning(
                "mail_not_taken", mail=str(item.mail.id), fate=outcome.fate.value, words=outcome.words
            )
            await _record_not_taken(self.connection, item, outcome, self.office)

    async def _record_sent(self, item: AddressedMail) -> None:
        """Record it and look at the next one in the same round trip."""
        verdict = Verdict(OutboxMail.Status.SENT, "", provider_of(item.letter.to), item.mailbox_keys[-1])
        at = self.office.clock()
        self.office.sent_lately.add(SentMail(item.mail.id, at, verdict))
        if not self.waiting:
            await mail_settle(self.connection, item.mail, verdict, at=at)
            return
        self._next_is_held = await mail_settle_and_look(
            self.connection, item.mail, verdict, following=self.waiting[0].mail, at=at
        )


def _message(item: AddressedMail, office: PostOffice) -> OrganisationMail:
    return mail_build(
        item.letter,
        outbox_id=item.mail.id,
        organisation_id=item.mail.organisation_id,
        house=office.house,
        at=office.clock(),
    )


async def _record_not_taken(
    connection: AsyncConnection[Any], item: AddressedMail, outcome: Outcome, office: PostOffice
) -> None:
    at = office.clock()
    if outcome.fate is Fate.LATER and not is_given_up(item.mail.id, at=at):
        later = Postponement(item.mail, retry_at(item.mail.tries, at=at), outcome.words)
        await mails_postpone(connection, [later], tries=1)
        return
    status = _END.get(outcome.fate, OutboxMail.Status.FAILED)
    verdict = Verdict(status, outcome.words, provider_of(item.letter.to))
    await mail_settle(connection, item.mail, verdict, at=at)
    if outcome.fate is Fate.NO_MAILBOX:
        reason = Suppression.Reason.BOUNCED
        await suppression_add(connection, item.mailbox, reason=reason, keys=office.index_keys, at=at)
