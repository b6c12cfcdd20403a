"""Forgetting mails that are done. Rows name nobody, but they say that a mailbox was written to."""

from datetime import datetime, timedelta

from django.db import connection

from undersign.foundation.ids import EPOCH, uuid7_floor

# The caps look back eight days and organisers at two weeks of bounces.
KEPT_FOR = timedelta(days=15)
AT_ONCE = 5_000

# By id, which begins with the time the mail was asked for: each row is looked at once, be there ever so many.
PURGE = """
WITH looked AS MATERIALIZED (
    SELECT id FROM messaging_outboxmail WHERE id > %(after)s AND id < %(bound)s ORDER BY id LIMIT %(limit)s
), gone AS (
    DELETE FROM messaging_outboxmail m USING looked WHERE m.id = looked.id AND (
        status IN ('sent', 'failed', 'bounced', 'dropped') AND done_at < %(before)s
        OR status = 'held' AND not_before < %(before)s)
    RETURNING 1
)
SELECT (SELECT count(*) FROM gone), (SELECT id FROM looked ORDER BY id DESC LIMIT 1)
"""


def outbox_purge(*, at: datetime) -> int:
    """Delete what was done 15 days ago or earlier, and what was held since; tell how many.

    A few thousand rows in a transaction, so nobody waits for it. The cause of a held mail is gone by then.
    """
    before = at - KEPT_FOR
    purged, last = 0, uuid7_floor(EPOCH)
    with connection.cursor() as cursor:
        while last is not None:
            cursor.execute(
                PURGE, {"before": before, "after": last, "bound": uuid7_floor(before), "limit": AT_ONCE}
            )
            count, last = cursor.fetchone()
            purged += count
    return purged
