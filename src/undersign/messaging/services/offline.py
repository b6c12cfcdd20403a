"""The mailbox of an instance without a mail server: sealed, and emptied after a day."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from django.core.mail import EmailMessage

from undersign.foundation.ids import uuid7
from undersign.foundation.sealing import Sealer, seal_context
from undersign.messaging.models import OfflineMail

PURPOSE = "offline_mail"
KEPT_FOR = timedelta(days=1)


def offline_mails_keep(messages: Sequence[EmailMessage], *, sealer: Sealer) -> None:
    """Seal whole messages, each to its own row."""
    OfflineMail.objects.bulk_create(_row(message, sealer) for message in messages)


def offline_mails_empty(*, at: datetime) -> int:
    """Delete what is older than a day and tell how many."""
    return OfflineMail.objects.filter(at__lt=at - KEPT_FOR).delete()[0]


def _row(message: EmailMessage, sealer: Sealer) -> OfflineMail:
    row_id = uuid7()
    built = message.message()
    return OfflineMail(
        id=row_id,
        organisation_id=getattr(message, "organisation_id", None),
        at=parsedate_to_datetime(built["Date"]).astimezone(UTC),
        sealed=sealer.seal(built.as_bytes(), context=seal_context(PURPOSE, row_id)),
    )
