"""Searching among names, in the worker."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from undersign.foundation.ids import EPOCH
from undersign.foundation.keys import KeyRing, KeyUnknown
from undersign.foundation.sealing import SealBroken, Sealer
from undersign.moderation.findings import MOST_FOUND, NAMES_KEPT, Finding, finding_open, finding_seal
from undersign.moderation.models import NameSearch
from undersign.moderation.patterns import name_matcher
from undersign.moderation.selection import selection_of
from undersign.signing.identity import SigningKeys
from undersign.signing.queries.opened_names import selection_names


@dataclass(frozen=True, slots=True)
class Bureau:
    """What moderation needs in the worker: the keys, and a clock."""

    ring: KeyRing
    clock: Callable[[], datetime]


def name_search_do(*, search_id: UUID, bureau: Bureau) -> None:
    """Do a search that was asked for; what stands in the way is told in its row.

    One that is gone, or that another worker has begun, is left alone.
    """
    status = NameSearch.Status
    begun = NameSearch.objects.filter(pk=search_id, status=status.REQUESTED)
    if not begun.update(status=status.WORKING, progressed_at=bureau.clock()):
        return
    search = NameSearch.objects.select_related("petition").get(pk=search_id)
    sealer = Sealer(bureau.ring)
    try:
        finding = _find(search, sealer, bureau)
    except (KeyUnknown, SealBroken) as problem:
        _settle(search, status=status.FAILED, error=str(problem)[:300])
        return
    sealed = finding_seal(finding, search_id=search.pk, sealer=sealer)
    _settle(search, status=status.READY, sealed=sealed, found=len(finding.ids))


def _find(search: NameSearch, sealer: Sealer, bureau: Bureau) -> Finding:
    assert search.sealed is not None  # noqa: S101 -- only an expired search has none, and it is not requested
    question = finding_open(search.sealed, search_id=search.pk, sealer=sealer)
    selection = selection_of(
        question.criteria,
        petition=search.petition,
        since=EPOCH,
        until=search.at,
        keys=SigningKeys.of_newest_epoch(bureau.ring),
    )
    matches, found, opened = name_matcher(question.pattern), dict[UUID, str](), 0
    for batch in selection_names(selection, sealer=sealer):
        found |= {id_: name for id_, name in batch if matches(name)}
        opened += len(batch)
        _report(search, opened, bureau.clock())
        if len(found) > MOST_FOUND:
            break
    ids = tuple(found)[:MOST_FOUND]
    names = {id_: found[id_] for id_ in ids[:NAMES_KEPT]}
    return replace(question, ids=ids, names=names, is_cut=len(found) > MOST_FOUND)


def _report(search: NameSearch, opened: int, at: datetime) -> None:
    NameSearch.objects.filter(pk=search.pk).update(opened=opened, progressed_at=at)


def _settle(search: NameSearch, **fields: object) -> None:
    for name, value in fields.items():
        setattr(search, name, value)
    search.save(update_fields=list(fields))
