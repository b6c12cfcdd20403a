"""Forgetting supporters whom no signature and no consent needs any more."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from undersign.foundation.audit import audit_record
from undersign.messaging.models import OutboxMail
from undersign.signing.models import Signature
from undersign.supporters.consent_queries import is_agreeing
from undersign.supporters.models import Supporter

log = structlog.get_logger()

AT_ONCE = 1_000
# Millions are walked while people sign: we rest for so many times what a page took, and at most for so many
# seconds, so that a worker that is told to stop does.
REST, MOST_REST = 19, 2.0


def unneeded_supporters_forget(*, at: datetime, is_closing: Callable[[], bool]) -> None:
    """Walk all supporters by id and delete, with their consents, those that nothing needs; in no hurry."""
    page, done = _page_after(UUID(int=0)), 0
    while page and not is_closing():
        with _resting_after():
            done += _forget_among(page, at)
            page = _page_after(page[-1])
    if done:
        log.info("supporters_forgotten", supporters=done)


@contextmanager
def _resting_after() -> Iterator[None]:
    began = time.monotonic()
    yield
    time.sleep(min(REST * (time.monotonic() - began), MOST_REST))


def _page_after(last: UUID) -> list[UUID]:
    following = Supporter.objects.filter(pk__gt=last).order_by("pk")
    return list(following.values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _forget_among(ids: Sequence[UUID], at: datetime) -> int:
    chosen = _unneeded(ids).select_for_update(skip_locked=True, of=("self",))
    rows = list(chosen.values_list("pk", "organisation_id"))
    Supporter.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
    by_organisation = Counter(organisation_id for _, organisation_id in rows)
    for organisation_id, number in sorted(by_organisation.items()):
        audit_record(
            by=None,
            at=at,
            organisation_id=organisation_id,
            action="supporters.forgotten",
            subject=f"organisation:{organisation_id}",
            detail={"supporters": number},
        )
    return len(rows)


def _unneeded(ids: Sequence[UUID]) -> QuerySet[Supporter]:
    """Choose who has no signature, agrees to nothing, and was sent nothing that the outbox still knows of.

    Who was may be confirming at this very moment: that transaction has found its supporter already. The
    outbox remembers for longer than a link holds.
    """
    signed = Signature.objects.filter(supporter=OuterRef("pk"))
    written_to = OutboxMail.objects.filter(
        organisation=OuterRef("organisation"), email_key=OuterRef("email_key"), status=OutboxMail.Status.SENT
    )
    return Supporter.objects.filter(~Exists(signed), ~is_agreeing(), ~Exists(written_to), pk__in=ids)
