"""The two traces that every change of a petition leaves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from undersign.campaigns.models import Petition
from undersign.foundation.audit import audit_record
from undersign.foundation.changes import change_record, petition_topic


def petition_record(
    *, petition: Petition, action: str, by: User | None, at: datetime, detail: Mapping[str, Any] | None = None
) -> None:
    """Note who did what to the petition, and have the processes that hold it read it anew."""
    audit_record(
        by=by,
        at=at,
        organisation_id=petition.organisation_id,
        action=action,
        subject=petition_topic(petition.pk),
        detail=detail or {},
    )
    change_record(topic=petition_topic(petition.pk), at=at)
