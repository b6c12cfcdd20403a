"""Reading the mailbox of an instance without a mail server."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from undersign.foundation.sealing import Sealer, seal_context
from undersign.messaging.mail_url import OFFLINE
from undersign.messaging.models import OfflineMail
from undersign.messaging.services.offline import PURPOSE


@dataclass(frozen=True, slots=True)
class OpenedMail:
    """A mail in clear. `html` is empty where it has only text."""

    id: UUID
    at: datetime
    to: str
    subject: str
    text: str
    html: str


def is_offline() -> bool:
    """Tell whether mails go to the mailbox because no server is set."""
    return bool(settings.EMAIL_BACKEND == OFFLINE)


def offline_mails(organisation_ids: Iterable[int], *, with_platform: bool) -> QuerySet[OfflineMail]:
    """Return the mails of these organisations, and the platform's own where asked for, newest first."""
    found = Q(organisation__in=list(organisation_ids))
    if with_platform:
        found |= Q(organisation__isnull=True)
    return OfflineMail.objects.filter(found).select_related("organisation").order_by("-at", "-pk")


def offline_mail_open(row: OfflineMail, *, sealer: Sealer) -> OpenedMail:
    """Open one mail. Raises SealBroken or KeyUnknown."""
    raw = sealer.open(row.sealed, context=seal_context(PURPOSE, row.id))
    message = message_from_bytes(raw, policy=policy.default)
    return OpenedMail(
        id=row.id,
        at=row.at,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=_content(message, "plain"),
        html=_content(message, "html"),
    )


def _content(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
