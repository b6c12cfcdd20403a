"""Releasing what was held, on behalf of a moderator."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from undersign.campaigns.models import Petition
from undersign.foundation.audit import audit_record
from undersign.foundation.changes import petition_topic
from undersign.moderation.queries.held import HeldChoice, held_attempts
from undersign.moderation.services.writable import writable_require
from undersign.signing.services.releases import attempts_release
from undersign.supporters.queries import Permission, permission_require

AT_ONCE = 500
MOST = 5_000  # more would keep the moderator's browser waiting


def held_release(*, petition: Petition, choice: HeldChoice, by: User | None, at: datetime) -> int:
    """Release the oldest 5,000 of the chosen held attempts and tell how many there were.

    Their mails go out, each with its usual link. Each batch is a transaction with its audit entry, so that
    stopping in between loses nothing and doing it again goes on. Raises NotAllowed or PetitionReadOnly.
    """
    permission_require(by=by, permission=Permission.MODERATE, organisation=petition.organisation)
    writable_require(petition)
    found = list(held_attempts(petition, choice, at=at).values_list("id", flat=True)[:MOST])
    total = 0
    for start in range(0, len(found), AT_ONCE):
        with transaction.atomic():
            released = attempts_release(ids=found[start : start + AT_ONCE], petition_id=petition.pk, at=at)
            if released:
                _record(petition, choice, len(released), by=by, at=at)
        total += len(released)
    return total


def _record(petition: Petition, choice: HeldChoice, count: int, *, by: User | None, at: datetime) -> None:
    """Note it, without what could be one person's: network, source and ids stay out."""
    audit_record(
        by=by,
        at=at,
        organisation_id=petition.organisation_id,
        action="attempts.released",
        subject=petition_topic(petition.pk),
        detail={"count": count, "reason": choice.reason},
    )
