"""What honest people felt of the attacks and of what was done against them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from undersign.config.siege.counting import held_of
from undersign.config.siege.journeys import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class HonestFelt:
    """What honest people felt: `refused` got no answer they could go on from; waits in seconds."""

    number: int
    held: int
    refused: int
    asked_to_wait: int
    longest_wait: float
    p99_took: float
    by_place: Mapping[str, Mapping[str, float]]


def honest_felt(visits: Sequence[tuple[str, Visit]]) -> HonestFelt:
    """Sum up visits, each with the place it was made from."""
    by_place: defaultdict[str, list[Visit]] = defaultdict(list)
    for place, visit in visits:
        by_place[place].append(visit)
    everybody = [visit for _place, visit in visits]
    took = sorted(visit.took for visit in everybody)
    stored = [visit.attempt_id for visit in everybody if visit.attempt_id]
    return HonestFelt(
        number=len(everybody),
        held=held_of(stored),
        refused=len(everybody) - len(stored),
        asked_to_wait=sum(visit.demands > 0 for visit in everybody),
        longest_wait=round(max(visit.waited for visit in everybody), 2),
        p99_took=round(took[len(took) * 99 // 100], 2),
        by_place={place: _summed(found) for place, found in by_place.items()},
    )


def _summed(visits: Sequence[Visit]) -> Mapping[str, float]:
    return {
        "number": len(visits),
        "asked": sum(visit.demands > 0 for visit in visits),
        "longest": round(max(visit.waited for visit in visits), 2),
    }
