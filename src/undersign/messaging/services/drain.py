"""Draining the outbox: claim, compose, send, record. docs/mechanisms/mail.md has the rules."""

from datetime import timedelta
from typing import Any

import structlog
from psycopg import AsyncConnection

from undersign.messaging.services.abandoned import claim_alive
from undersign.messaging.services.claims import Wanted, mails_claim
from undersign.messaging.services.composing import letters_for
from undersign.messaging.services.delivering import letters_send
from undersign.messaging.services.one_writer import mailboxes_held
from undersign.messaging.services.post_office import PostOffice

log = structlog.get_logger()

BATCH = 200
CLAIM = timedelta(minutes=5)


async def outbox_drain(connection: AsyncConnection[Any], *, office: PostOffice, batch: int = BATCH) -> int:
    """Send one batch and tell how many mails were claimed. `connection` is in autocommit mode.

    Raises MailServerTrouble when the server cannot be used; the mails that were not sent are free again.
    """
    if forgotten := await office.sent_lately.tell(connection):
        log.warning("sent_mails_recorded_again", mails=forgotten)
    at = office.clock()
    paused = await office.paused_petitions(connection)
    wanted = Wanted(office.composers.keys(), paused, batch)
    async with claim_alive(connection, at + CLAIM):
        mails = await mails_claim(connection, wanted, at=at, until=at + CLAIM)
        if not mails:
            # Servers hang up on the idle; a connection that broke unnoticed would cost the next mail a try.
            await office.in_thread(office.transport.close)
        else:
            async with mailboxes_held(connection) as mailboxes:
                letters = await letters_for(mails, office, mailboxes, at=at)
                await letters_send(connection, letters, office)
    return len(mails)
