"""Mails that come back after a server had taken them: bounces and complaints that a provider reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from undersign.foundation.keyed_hash import IndexKey
from undersign.messaging.models import OutboxMail
from undersign.messaging.providers import provider_of
from undersign.messaging.senders.replies import MAX_WORDS, without_address
from undersign.messaging.services.suppression import ADD, MailboxOf, suppression_values


@dataclass(frozen=True, slots=True)
class ReturnedMail:
    """What a provider says: which mail, to whom, the server's words, and why to suppress the mailbox.

    `suppress` is a reason of Suppression, or empty for a mailbox that is only full or away for now.
    """

    outbox_id: UUID
    recipient: str
    words: str
    suppress: str
    is_bounce: bool


@transaction.atomic
def mail_return(*, returned: ReturnedMail, keys: Sequence[IndexKey], at: datetime) -> bool:
    """Record what came back; false if we never sent it. Reporting it again changes nothing."""
    mail = OutboxMail.objects.filter(pk=returned.outbox_id).first()
    if mail is None:
        return False
    if returned.is_bounce:
        OutboxMail.objects.filter(pk=mail.pk, status=OutboxMail.Status.SENT).update(
            status=OutboxMail.Status.BOUNCED,
            done_at=at,
            last_error=without_address(returned.words, recipient=returned.recipient)[:MAX_WORDS],
            provider=provider_of(returned.recipient),
        )
    if returned.suppress:
        _suppress(MailboxOf(mail.organisation_id, returned.recipient), returned.suppress, keys, at)
    return True


def _suppress(mailbox: MailboxOf, reason: str, keys: Sequence[IndexKey], at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ADD.decode(), suppression_values(mailbox, reason=reason, keys=keys, at=at))
