"""Letting mails go that waited because their cause did."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from undersign.messaging.models import OutboxMail


def mails_let_go(*, kind: str, causes: Sequence[UUID], at: datetime) -> int:
    """Queue the held mails of one kind with these causes, as if they were of `at`; tell how many."""
    held = OutboxMail.objects.filter(cause_id__in=causes, kind=kind, status=OutboxMail.Status.HELD)
    return held.update(status=OutboxMail.Status.QUEUED, not_before=at)
