"""Mails that came back: how many, from whom, and why. Never to whom."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet

from undersign.messaging.models import OutboxMail
from undersign.messaging.senders.replies import enhanced_code

SHOWN_FOR = timedelta(days=14)

_CODE = re.compile(r"\d{3}")


@dataclass(frozen=True, slots=True)
class UndeliveredCount:
    """Mails about one petition that one provider answered with one code, such as `550 5.1.1`."""

    petition_id: int | None
    provider: str
    reply: str
    example: str
    count: int


def undelivered_counts(organisation_ids: Iterable[int]) -> dict[int, int]:
    """Count the refused and bounced mails of each petition of these organisations that has any."""
    undelivered = _undelivered(organisation_ids).filter(petition_id__isnull=False)
    return dict(undelivered.values_list("petition_id").annotate(count=Count("pk")))


def undelivered_by_reply(organisation_ids: Iterable[int], *, at: datetime) -> list[UndeliveredCount]:
    """Count what came back in the last two weeks by petition, provider and reply, the most first."""
    rows = (
        _undelivered(organisation_ids)
        .filter(done_at__gte=at - SHOWN_FOR)
        .values_list("petition_id", "provider", "last_error")
        .annotate(count=Count("pk"))
    )
    counts: Counter[tuple[int | None, str, str]] = Counter()
    examples: dict[tuple[int | None, str, str], str] = {}
    for petition_id, provider, words, count in rows:
        group = (petition_id, provider, reply_code(words))
        counts[group] += count
        examples.setdefault(group, words)
    return [UndeliveredCount(*group, examples[group], count) for group, count in counts.most_common()]


def reply_code(words: str) -> str:
    """Give the codes that a server's words begin with, or “other”."""
    found = _CODE.match(words)
    return f"{found.group(0)} {enhanced_code(words)}".strip() if found else "other"


def _undelivered(organisation_ids: Iterable[int]) -> QuerySet[OutboxMail]:
    return OutboxMail.objects.filter(
        organisation__in=list(organisation_ids),
        status__in=[OutboxMail.Status.FAILED, OutboxMail.Status.BOUNCED],
    )
