"""The list of acts that somebody may have to answer for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from undersign.foundation.models import AuditEntry


def audit_record(
    *,
    by: User | None,
    at: datetime,
    organisation_id: int | None,
    action: str,
    subject: str,
    detail: Mapping[str, Any],
) -> AuditEntry:
    """Append what `by` did, inside the transaction that does it. None is the platform itself.

    `action` is a noun and a verb in the past, such as “petition.published”; `subject` says to what,
    such as “petition:12”; `detail` must hold no personal data of signers, since it outlives them.
    """
    return AuditEntry.objects.create(
        at=at,
        actor=by,
        actor_name=by.get_username() if by else "system",
        organisation_id=organisation_id,
        action=action,
        subject=subject,
        detail=dict(detail),
    )
