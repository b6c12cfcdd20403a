"""What stands in the tables of the besieged instance."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

from undersign.config.siege.attacks import Raid
from undersign.signing.models import Attempt, Signature

AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Came:
    """What of a raid came through, and what of it was held."""

    raid: Raid
    confirmed: int
    held: int

    @property
    def is_too_much(self) -> bool:
        """Whether more came of it than may."""
        raid, stored = self.raid, len(self.raid.attempts)
        return (
            (raid.most_stored is not None and stored > raid.most_stored)
            or (raid.most_confirmed is not None and self.confirmed > raid.most_confirmed)
            or (raid.to_be_held and self.held < stored)
        )


def came_through(raid: Raid) -> Came:
    """Count what became of a raid."""
    return Came(raid, confirmed_of(raid.attempts), held_of(raid.attempts))


def confirmed_of(attempt_ids: Collection[UUID]) -> int:
    """Count how many of these attempts are signatures that count."""
    confirmed = Signature.objects.filter(state=Signature.State.CONFIRMED)
    return sum(confirmed.filter(attempt_id__in=ids).count() for ids in _batches(attempt_ids))


def held_of(attempt_ids: Collection[UUID]) -> int:
    """Count how many of these attempts wait for a moderator."""
    held = Attempt.objects.exclude(held_reason="")
    return sum(held.filter(id__in=ids).count() for ids in _batches(attempt_ids))


def _batches(attempt_ids: Collection[UUID]) -> Iterator[list[UUID]]:
    ids = list(attempt_ids)
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
