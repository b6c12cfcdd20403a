"""What the worker does for mail by the clock."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from undersign.messaging.services.offline import offline_mails_empty
from undersign.messaging.services.purging import outbox_purge


@app.periodic(cron="*/10 * * * *")
@app.task(name="empty_offline_mailbox", queueing_lock="empty_offline_mailbox")
def empty_offline_mailbox(timestamp: int) -> None:
    """Delete offline mails of more than a day ago."""
    offline_mails_empty(at=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="17 4 * * *")
@app.task(name="purge_outbox", queueing_lock="purge_outbox")
def purge_outbox(timestamp: int) -> None:
    """Delete outbox rows that nothing looks at any more."""
    outbox_purge(at=datetime.fromtimestamp(timestamp, UTC))
