"""Taking many names off a petition at once, and putting exactly those back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import connection, transaction

from undersign.foundation.ids import uuid7
from undersign.signing.models import SignatureEvent, TallyDelta

# Sorted by id, as whoever confirms sorts them, so that both wait for each other and neither deadlocks.
HOLD_CONFIRMED = """
SELECT id FROM signing_signature
WHERE id = ANY(%s) AND petition_id = %s AND state = 'confirmed' AND supporter_id IS NOT NULL
ORDER BY id FOR NO KEY UPDATE
"""

# Only what is still as that withdrawal left it: whoever's state has changed since is somebody else's doing.
HOLD_WITHDRAWN = """
SELECT s.id FROM unnest(%s::uuid[], %s::uuid[]) AS taken (id, event_id) JOIN signing_signature s USING (id)
WHERE s.petition_id = %s AND s.state = 'withdrawn' AND s.withdrawn_by = 'moderator'
  AND NOT EXISTS (SELECT FROM signing_signatureevent e WHERE e.signature_id = s.id AND e.id > taken.event_id)
ORDER BY s.id FOR NO KEY UPDATE OF s
"""

MOVE = "UPDATE signing_signature SET state = %s, withdrawn_by = %s WHERE id = ANY(%s)"

INSERT_EVENTS = """
INSERT INTO signing_signatureevent (id, signature_id, kind, at, by_id, reason)
SELECT id, signature_id, %s, %s, %s, %s FROM unnest(%s::uuid[], %s::uuid[]) AS e (id, signature_id)
"""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One signature that was taken off, and the event that says so."""

    signature_id: UUID
    event_id: UUID


@transaction.atomic
def signatures_withdraw_by_moderator(
    *, ids: Sequence[UUID], petition_id: int, by: User | None, reason: str, at: datetime
) -> list[Withdrawal]:
    """Take off those of `ids` that are confirmed signatures of the petition, and tell which.

    Left alone are those withdrawn already and those whose owner is forgotten. Some hundreds at once: the rows
    stay locked until the transaction ends.
    """
    held = _held(HOLD_CONFIRMED, [list(ids), petition_id])
    _move(held, state="withdrawn", withdrawn_by="moderator")
    return _note(held, SignatureEvent.Kind.WITHDRAWN, petition_id=petition_id, by=by, reason=reason, at=at)


@transaction.atomic
def signatures_restore(
    *, withdrawals: Sequence[Withdrawal], petition_id: int, by: User | None, reason: str, at: datetime
) -> list[Withdrawal]:
    """Put back those that are still as the withdrawal left them, and tell which."""
    ids = [withdrawal.signature_id for withdrawal in withdrawals]
    held = _held(HOLD_WITHDRAWN, [ids, [withdrawal.event_id for withdrawal in withdrawals], petition_id])
    _move(held, state="confirmed", withdrawn_by="")
    return _note(held, SignatureEvent.Kind.RESTORED, petition_id=petition_id, by=by, reason=reason, at=at)


def _held(statement: str, values: Sequence[Any]) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]


def _move(ids: Sequence[UUID], *, state: str, withdrawn_by: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MOVE, (state, withdrawn_by, list(ids)))


def _note(
    ids: Sequence[UUID],
    kind: SignatureEvent.Kind,
    *,
    petition_id: int,
    by: User | None,
    reason: str,
    at: datetime,
) -> list[Withdrawal]:
    """Write an event for each and one change of the count for all."""
    if not ids:
        return []
    noted = [Withdrawal(signature_id, uuid7()) for signature_id in ids]
    events = [withdrawal.event_id for withdrawal in noted]
    with connection.cursor() as cursor:
        cursor.execute(INSERT_EVENTS, (kind.value, at, by.pk if by else None, reason, events, list(ids)))
    sign = 1 if kind is SignatureEvent.Kind.RESTORED else -1
    TallyDelta.objects.create(petition_id=petition_id, delta=sign * len(ids))
    return noted
