"""How the outbox is doing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from psycopg import AsyncConnection

from undersign.foundation.metrics import OUTBOX_AGE
from undersign.messaging.models import OutboxMail

OLDEST_DUE = b"SELECT min(not_before) FROM messaging_outboxmail WHERE status = 'queued' AND not_before <= %s"


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How many mails are due and since when the oldest has been (None if none is)."""

    due: int
    oldest_due_at: datetime | None


def outbox_state(*, at: datetime) -> OutboxState:
    """Tell how the outbox is doing, for `undersign doctor`."""
    due = Q(status=OutboxMail.Status.QUEUED, not_before__lte=at)
    found = OutboxMail.objects.filter(due).aggregate(due=Count("pk"), oldest_due_at=Min("not_before"))
    return OutboxState(**found)


async def outbox_age_report(connection: AsyncConnection[Any], at: datetime) -> int:
    """Tell Prometheus how long the oldest due mail has waited; does no work, so it returns 0."""
    cursor = await connection.execute(OLDEST_DUE, (at,))
    row = await cursor.fetchone()
    oldest = row[0] if row else None
    OUTBOX_AGE.set((at - oldest).total_seconds() if oldest else 0)
    return 0
