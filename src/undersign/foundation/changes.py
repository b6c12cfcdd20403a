"""Telling the other processes that something they keep in memory has changed.

Who holds a copy asks every second what has changed, compares each topic's version with the one it holds, and
reads anew what differs. Versions grow, but transactions may end in another order than they took their
numbers, so nobody may ask for “everything above the highest version I saw”: one asks by time, with an
overlap that is longer than any transaction which records a change.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection

from undersign.foundation.models import Change

SITE = "site"
OVERLAP = timedelta(seconds=60)

# For connections that are not Django's. Parameters: since (timestamptz). Columns: topic, version, changed_at.
CHANGES_SINCE_SQL = """
    SELECT topic, version, changed_at FROM foundation_change WHERE changed_at >= %(since)s ORDER BY version
"""
_RECORD_SQL = """
    INSERT INTO foundation_change (topic, version, changed_at)
    VALUES (%(topic)s, nextval('foundation_change_version'), %(at)s)
    ON CONFLICT (topic) DO UPDATE
    SET version = excluded.version, changed_at = greatest(foundation_change.changed_at, excluded.changed_at)
"""


def petition_topic(petition_id: int) -> str:
    """Return the topic of everything that a petition's pages show."""
    return f"petition:{petition_id}"


def organisation_topic(organisation_id: int) -> str:
    """Return the topic of an organisation: its name, branding, notices and wordings."""
    return f"organisation:{organisation_id}"


def change_record(*, topic: str, at: datetime) -> None:
    """Give `topic` a new version, inside the transaction that changes what it stands for."""
    with connection.cursor() as cursor:
        cursor.execute(_RECORD_SQL, {"topic": topic, "at": at})


def changes_since(since: datetime) -> Mapping[str, int]:
    """Return the version of each topic changed at `since` or after. Ask with OVERLAP taken off."""
    rows = Change.objects.filter(changed_at__gte=since).order_by("version")
    return dict(rows.values_list("topic", "version"))
