"""Letting attempts go that were held: their mail goes out, and they can be confirmed like any other."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from undersign.foundation.ids import uuid7_floor
from undersign.messaging.services.holding import mails_let_go
from undersign.signing.letters import LINK_HOLDS, PURPOSE

# So that the link, which counts from the attempt, holds for a day at least when it arrives.
RELEASABLE_FOR = LINK_HOLDS - timedelta(days=1)

# Sorted, so that two who release the same attempts wait for each other.
HOLD = """
SELECT id FROM signing_attempt
WHERE id = ANY(%s) AND id >= %s AND petition_id = %s AND held_reason <> '' ORDER BY id FOR UPDATE
"""

RELEASE = "UPDATE signing_attempt SET held_reason = '' WHERE id = ANY(%s)"


@transaction.atomic
def attempts_release(*, ids: Sequence[UUID], petition_id: int, at: datetime) -> list[UUID]:
    """Release those of `ids` that are held attempts of the petition and young enough; tell which.

    Some hundreds at once: the rows stay locked until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(HOLD, (list(ids), uuid7_floor(at - RELEASABLE_FOR), petition_id))
        released = [row[0] for row in cursor.fetchall()]
        cursor.execute(RELEASE, (released,))
    mails_let_go(kind=PURPOSE, causes=released, at=at)
    return released
