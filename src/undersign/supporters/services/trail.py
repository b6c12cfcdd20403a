"""What every change of an organisation leaves behind."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from undersign.foundation.audit import audit_record
from undersign.foundation.changes import change_record, organisation_topic


def trail_leave(
    *, organisation_id: int, by: User | None, at: datetime, act: tuple[str, str], detail: Mapping[str, Any]
) -> None:
    """Write down an act (action, subject) and have the organisation's public pages drawn anew."""
    action, subject = act
    audit_record(by=by, at=at, organisation_id=organisation_id, action=action, subject=subject, detail=detail)
    change_record(topic=organisation_topic(organisation_id), at=at)
