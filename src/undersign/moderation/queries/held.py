"""What waits for a moderator: attempts that were stored and answered like any other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from undersign.campaigns.models import Petition
from undersign.foundation.ids import uuid7_floor
from undersign.signing.models import Attempt
from undersign.signing.services.releases import RELEASABLE_FOR


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldChoice:
    """Which held attempts: of a reason, a network (CIDR; what lies in it), a source, a time, or by id.

    What is empty or None chooses nothing away. `mail_domains` are names as stored; `since` and `until` are
    instants, the second excluded.
    """

    reason: str = ""
    network: str = ""
    source: str = ""
    mail_domains: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    ids: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class HeldGroup:
    """How many held attempts have something in common."""

    value: str
    count: int


def held_attempts(petition: Petition, choice: HeldChoice, *, at: datetime) -> QuerySet[Attempt]:
    """Return the held attempts of a petition that can still be released, oldest first."""
    since = max(filter(None, (choice.since, at - RELEASABLE_FOR)))
    found = Attempt.objects.filter(petition_id=petition.pk, id__gte=uuid7_floor(since))
    found = found.exclude(held_reason="").order_by("id")
    if choice.until:
        found = found.filter(id__lt=uuid7_floor(choice.until))
    if choice.ids:
        found = found.filter(id__in=choice.ids)
    if choice.network:
        found = found.extra(where=["network <<= %s::inet"], params=[choice.network])
    if choice.mail_domains:
        found = found.filter(mail_domain__in=choice.mail_domains)
    exact = {"held_reason": choice.reason, "source": choice.source}
    return found.filter(**{name: value for name, value in exact.items() if value})


def held_by_reason(petition: Petition, choice: HeldChoice, *, at: datetime) -> list[HeldGroup]:
    """Count held attempts by reason, the most frequent first."""
    return _grouped(petition, choice, "held_reason", at=at)


def held_by_network(petition: Petition, choice: HeldChoice, *, at: datetime) -> list[HeldGroup]:
    """Count held attempts by network, the busiest first, at most a hundred."""
    return _grouped(petition, choice, "network", at=at)


def held_by_source(petition: Petition, choice: HeldChoice, *, at: datetime) -> list[HeldGroup]:
    """Count held attempts by the link that brought them, the busiest first, at most a hundred."""
    return _grouped(petition, choice, "source", at=at)


def _grouped(petition: Petition, choice: HeldChoice, column: str, *, at: datetime) -> list[HeldGroup]:
    found = held_attempts(petition, choice, at=at).order_by().values_list(column)
    counted = found.annotate(count=Count("id")).order_by("-count", column)[:100]
    return [HeldGroup(str(value or ""), count) for value, count in counted]
