"""When a mail that could not go out is tried again, and when it is given up."""

from datetime import datetime, timedelta
from uuid import UUID

from undersign.foundation.ids import uuid7_at

RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
GIVE_UP_AFTER = timedelta(days=5)
"""RFC 5321 §4.5.4.1: “at least 4-5 days”."""


def retry_at(tries: int, *, at: datetime) -> datetime:
    """Return when to try again after `tries` tries before this one."""
    return at + RETRY_AFTER[min(tries, len(RETRY_AFTER) - 1)]


def is_given_up(outbox_id: UUID, *, at: datetime) -> bool:
    """Tell whether a mail has been tried for long enough. Its id says since when it waits."""
    return at > uuid7_at(outbox_id) + GIVE_UP_AFTER
