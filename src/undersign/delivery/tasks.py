"""What the worker does for downloads."""

from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from procrastinate.contrib.django import app

from undersign.delivery.jobs import EXPORT_MAKE
from undersign.delivery.services import expiry, making
from undersign.foundation.keys import load_keys


@app.task(name=EXPORT_MAKE)
def export_make(export_id: str) -> None:
    """Make a download that an organiser asked for."""
    workshop = making.Workshop(
        data_dir=settings.DATA_DIR, ring=load_keys(settings.KEYS_FILE), clock=lambda: datetime.now(UTC)
    )
    making.export_make(export_id=UUID(export_id), workshop=workshop)


@app.periodic(cron="*/10 * * * *")
@app.task(name="tidy_downloads", queueing_lock="tidy_downloads")
def tidy_downloads(timestamp: int) -> None:
    """Delete downloads of more than a day ago."""
    expiry.exports_tidy(data_dir=settings.DATA_DIR, at=datetime.fromtimestamp(timestamp, UTC))
