"""Forgetting the people behind signatures when their petition's retention has run out. The count stays.

Every batch is a short transaction. It holds the petition's row against being reopened, by a lock that does
not block signing, and waits for nobody: what is held is left for the next round.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from django.db import Error, connection, transaction

from undersign.campaigns.models import Petition
from undersign.campaigns.services import petition_record, petition_retire
from undersign.foundation.ids import uuid7_unordered
from undersign.foundation.switches import switches
from undersign.signing.models import Signature, SignatureEvent
from undersign.signing.queries.retention import petitions_to_forget
from undersign.signing.services.unneeded_supporters import unneeded_supporters_forget

log = structlog.get_logger()

AT_ONCE = 1_000

NEXT = """
SELECT id, confirmed_at, supporter_id, slot FROM signing_signature
WHERE petition_id = %s AND supporter_id IS NOT NULL AND (supporter_id, slot) > (%s, %s)
ORDER BY supporter_id, slot LIMIT %s
"""

# Ids, attempt and times are in step with those of the owner's consents to the millisecond: a row that kept
# them would still say whose it was.
FORGET = """
UPDATE signing_signature s
SET id = renamed.new_id, confirmed_at = date_trunc('day', s.confirmed_at, 'UTC'),
    supporter_id = NULL, attempt_id = NULL, slot = 0, name_key = NULL, sealed = NULL,
    display = 'anonymous', public_name = '', postcode_area = '', network = NULL, source = '',
    mail_domain = ''
FROM unnest(%s::uuid[], %s::uuid[]) AS renamed (id, new_id) WHERE s.id = renamed.id
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction did: how many it forgot, and where the next one goes on."""

    size: int
    last: tuple[UUID, int] = (UUID(int=0), 0)


def retention_enforce(*, at: datetime, is_closing: Callable[[], bool]) -> None:
    """Forget everybody who is due at `at`, petition by petition, then supporters whom nothing needs.

    Any number of processes may do so at once. `is_closing` is asked between batches; what is left then, and
    what fails, is due again in the next round. An instance that is read-only forgets nobody.
    """
    if switches().read_only_at is not None:
        log.info("retention_waits", reason="this instance is read-only")
        return
    for petition_id in petitions_to_forget(at).values_list("pk", flat=True):
        try:
            _petition_forget(petition_id, at, is_closing)
        except Error as error:
            # The lines that follow may quote the row.
            reason = str(error).partition("\n")[0]
            log.error("retention_failed", petition_id=petition_id, reason=reason)  # noqa: TRY400
    unneeded_supporters_forget(at=at, is_closing=is_closing)


def _petition_forget(petition_id: int, at: datetime, is_closing: Callable[[], bool]) -> None:
    done, batch = 0, Batch(size=AT_ONCE)
    while batch.size == AT_ONCE and not is_closing():
        batch = signatures_forget(petition_id=petition_id, after=batch.last, at=at)
        done += batch.size
        log.info("retention_progress", petition_id=petition_id, signatures=done)


@transaction.atomic
def signatures_forget(*, petition_id: int, after: tuple[UUID, int], at: datetime) -> Batch:
    """Forget the owners of the next thousand signatures, in the order of (supporter, slot).

    The batch is empty where none is left, and where the petition is held by somebody or not due any more.
    """
    petition = petition_retire(petition_id=petition_id, at=at)
    if petition is None:
        return Batch(size=0)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        cursor.execute(NEXT, (petition_id, *after, AT_ONCE))
        rows = cursor.fetchall()
        if not rows:
            return Batch(size=0)
        SignatureEvent.objects.filter(signature__in=[row[0] for row in rows]).delete()
        cursor.execute(FORGET, _renamed([row[:2] for row in rows]))
    _record_the_end(petition, at)
    return Batch(len(rows), last=rows[-1][2:])


def _renamed(rows: Sequence[tuple[UUID, datetime]]) -> tuple[list[UUID], list[UUID]]:
    """Give old ids and new ones, sorted by the old."""
    ordered = sorted(rows)
    return [id_ for id_, _ in ordered], [uuid7_unordered(_end_of_day(at)) for _, at in ordered]


def _end_of_day(at: datetime) -> datetime:
    """Give the last millisecond of a day: no signature may seem older than the text it was given to."""
    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=1, milliseconds=-1)


def _record_the_end(petition: Petition, at: datetime) -> None:
    """Note how many were forgotten in all, once nobody is left; pages are drawn anew."""
    signatures = Signature.objects.filter(petition=petition)
    if signatures.filter(supporter__isnull=False).exists():
        return
    detail = {"signatures": signatures.count()}
    petition_record(petition=petition, action="petition.signers_forgotten", by=None, at=at, detail=detail)
    log.info("retention_done", petition_id=petition.pk, **detail)
