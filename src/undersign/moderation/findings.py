"""A search for names and what it found, as it lies sealed in its row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from undersign.foundation.sealing import Sealer, seal_context
from undersign.moderation.selection import Criteria

MOST_FOUND = 250_000
NAMES_KEPT = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """The question, and the answer: `ids` of all that match, the names of the first of them.

    `is_cut` says that more match than are kept.
    """

    pattern: str
    criteria: Criteria
    ids: tuple[UUID, ...] = ()
    names: Mapping[UUID, str] = field(default_factory=dict)
    is_cut: bool = False


def finding_seal(finding: Finding, *, search_id: UUID, sealer: Sealer) -> bytes:
    """Seal a finding to its search's row."""
    value = {
        "pattern": finding.pattern,
        "criteria": finding.criteria.as_json,
        "ids": "".join(id_.hex for id_ in finding.ids),
        "names": {id_.hex: name for id_, name in finding.names.items()},
        "is_cut": finding.is_cut,
    }
    return sealer.seal_json(value, context=seal_context("name_search", search_id))


def finding_open(sealed: bytes | memoryview, *, search_id: UUID, sealer: Sealer) -> Finding:
    """Open a finding. Raises SealBroken or KeyUnknown."""
    value = sealer.open_json(sealed, dict[str, Any], context=seal_context("name_search", search_id))
    ids = value["ids"]
    return Finding(
        pattern=value["pattern"],
        criteria=Criteria.from_json(value["criteria"]),
        ids=tuple(UUID(ids[start : start + 32]) for start in range(0, len(ids), 32)),
        names={UUID(id_): name for id_, name in value["names"].items()},
        is_cut=value["is_cut"],
    )
