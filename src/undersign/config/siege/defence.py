"""How a moderator removes what came through: finds it, looks at the preview, removes, and counts again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from undersign.campaigns.models import Petition
from undersign.config.siege.attacks import FORGER_NETWORK, MADE_UP, ONE_NETWORK, THROWAWAY
from undersign.foundation.ids import EPOCH
from undersign.foundation.keys import KeyRing
from undersign.foundation.sealing import Sealer
from undersign.moderation.findings import Finding, finding_open
from undersign.moderation.models import NameSearch, Removal
from undersign.moderation.selection import Criteria, selection_of
from undersign.moderation.services.removals import RemovalOrder, removal_request, removal_undo_request
from undersign.moderation.services.removing import removal_do
from undersign.moderation.services.searches import name_search_request
from undersign.moderation.services.searching import Bureau, name_search_do
from undersign.signing.identity import SigningKeys
from undersign.signing.models import Signature
from undersign.signing.queries.selections import Selection, selection_ids


@dataclass(frozen=True, slots=True)
class Found:
    """What one finder found: `honest` of them are people who should have stayed."""

    finder: str
    previewed: int
    honest: int
    removed: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Moderator:
    """Somebody who sees what is confirmed and knows nothing of who attacked.

    `night` is when the chart shows people whom nothing explains; `honest` is for the report.
    """

    petition: Petition
    ring: KeyRing
    honest: frozenset[UUID]
    night: datetime

    def clear(self) -> Sequence[Found]:
        """Remove by network, domain, name pattern, source and time; undo one removal and do it again."""
        return (
            self._remove("network", Criteria(network=ONE_NETWORK)),
            self._undone_and_again(Criteria(network=ONE_NETWORK)),
            self._remove("mail domain", Criteria(domain=THROWAWAY)),
            self._remove("network of the forger", Criteria(network=FORGER_NETWORK)),
            self._remove_by_name(f"{MADE_UP} *"),
            self._remove("source", Criteria(source="raid")),
            self._remove("time", Criteria(since=self.night.isoformat())),
        )

    @property
    def _bureau(self) -> Bureau:
        return Bureau(self.ring, lambda: datetime.now(UTC))

    def _remove(self, finder: str, criteria: Criteria) -> Found:
        began = datetime.now(UTC)
        keys = SigningKeys.of_newest_epoch(self.ring)
        selection = selection_of(criteria, petition=self.petition, since=EPOCH, until=began, keys=keys)
        return self._carry_out(finder, selection, criteria, None, began)

    def _remove_by_name(self, pattern: str) -> Found:
        began = datetime.now(UTC)
        sealer = Sealer(self.ring)
        search = name_search_request(
            petition=self.petition,
            finding=Finding(pattern=pattern, criteria=Criteria()),
            why="siege",
            by=None,
            sealer=sealer,
            at=began,
        )
        name_search_do(search_id=search.pk, bureau=self._bureau)
        search.refresh_from_db()
        finding = finding_open(search.sealed or b"", search_id=search.pk, sealer=sealer)
        found = Selection(petition_id=self.petition.pk, since=EPOCH, until=began, ids=finding.ids)
        return self._carry_out("name pattern", found, Criteria(), search, began)

    def _carry_out(
        self,
        finder: str,
        selection: Selection,
        criteria: Criteria,
        search: NameSearch | None,
        began: datetime,
    ) -> Found:
        ids = selection_ids(selection, after=UUID(int=0), limit=1_000_000)
        order = RemovalOrder(criteria=criteria, search=search, reason="program", words="", expected=len(ids))
        removal = removal_request(petition=self.petition, order=order, by=None, at=datetime.now(UTC))
        removal_do(removal_id=removal.pk, bureau=self._bureau)
        removal.refresh_from_db()
        seconds = (datetime.now(UTC) - began).total_seconds()
        return Found(finder, len(ids), self._honest_among(ids), removal.removed, round(seconds, 2))

    def _undone_and_again(self, criteria: Criteria) -> Found:
        began, removal = datetime.now(UTC), Removal.objects.latest("at")
        removal_undo_request(removal=removal, by=None, at=began)
        removal_do(removal_id=removal.pk, bureau=self._bureau)
        removal.refresh_from_db()
        again = self._remove("network, undone and done again", criteria)
        return replace(again, seconds=round((datetime.now(UTC) - began).total_seconds(), 2))

    def _honest_among(self, ids: Sequence[UUID]) -> int:
        attempts = Signature.objects.filter(id__in=ids).values_list("attempt_id", flat=True)
        return len(self.honest.intersection(attempts))
