"""Forgetting mails that are done. Rows name nobody, but they say that a mailbox was written to."""

from datetime import datetime, timedelta

from django.db import connection

# The caps look back eight days and organisers at two weeks of bounces.
KEPT_FOR = timedelta(days=15)
AT_ONCE = 5_000

PURGE = """
DELETE FROM messaging_outboxmail WHERE id IN (
    SELECT id FROM messaging_outboxmail
    WHERE status IN ('sent', 'failed', 'bounced', 'dropped') AND done_at < %(before)s
       OR status = 'held' AND not_before < %(before)s
    LIMIT %(limit)s)
"""


def outbox_purge(*, at: datetime) -> int:
    """Delete what was done 15 days ago or earlier, and what was held since; tell how many.

    A few thousand rows at once. The cause of a held mail is gone by then.
    """
    purged: int = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(PURGE, {"before": at - KEPT_FOR, "limit": AT_ONCE})
            purged += cursor.rowcount
            if cursor.rowcount < AT_ONCE:
                return purged
