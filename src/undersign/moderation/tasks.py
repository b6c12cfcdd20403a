"""What the worker does for moderators."""

from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from procrastinate.contrib.django import app

from undersign.foundation.keys import load_keys
from undersign.moderation.jobs import NAME_SEARCH_DO, REMOVAL_DO
from undersign.moderation.services import expiry, removing, searching


def bureau() -> searching.Bureau:
    """Read the keys as they are now."""
    return searching.Bureau(ring=load_keys(settings.KEYS_FILE), clock=lambda: datetime.now(UTC))


@app.task(name=NAME_SEARCH_DO)
def name_search_do(search_id: str) -> None:
    """Search among names."""
    searching.name_search_do(search_id=UUID(search_id), bureau=bureau())


@app.task(name=REMOVAL_DO)
def removal_do(removal_id: str) -> None:
    """Remove signatures, or put them back."""
    removing.removal_do(removal_id=UUID(removal_id), bureau=bureau())


@app.periodic(cron="*/2 * * * *")
@app.task(name="tidy_moderation", queueing_lock="tidy_moderation")
def tidy_moderation(timestamp: int) -> None:
    """Expire what was found, go on with what was interrupted."""
    expiry.moderation_tidy(at=datetime.fromtimestamp(timestamp, UTC))
