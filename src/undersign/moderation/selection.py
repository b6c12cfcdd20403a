"""What a moderator chose, as it is typed, kept and turned into a selection of signatures."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Self

from undersign.campaigns.models import Petition
from undersign.signing.identity import KEYED, SigningKeys, mail_domains
from undersign.signing.queries.selections import Selection

NO_SOURCE = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What was chosen; empty is any.

    Times are ISO 8601 with an offset, `network` is in CIDR notation, `domain` a mail domain or its stored
    hash, `source` “-” means none, `name` is the stored hash of one name in hexadecimal digits.
    """

    since: str = ""
    until: str = ""
    network: str = ""
    domain: str = ""
    source: str = ""
    country: str = ""
    locale: str = ""
    name: str = ""
    state: str = "confirmed"

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read what `as_json` gave, also that of a version with other criteria."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: str(text) for name, text in value.items() if name in known})

    @property
    def as_json(self) -> dict[str, str]:
        """What was chosen, without what was not."""
        return {name: text for name, text in asdict(self).items() if text}

    @property
    def is_chosen(self) -> bool:
        """Whether anything was chosen at all besides the state."""
        return set(self.as_json) > {"state"}

    @property
    def kinds(self) -> list[str]:
        """Which criteria were used, without what was asked of them: for the audit list."""
        return sorted(self.as_json.keys() - {"state"})


def selection_of(
    criteria: Criteria, *, petition: Petition, since: datetime, until: datetime, keys: SigningKeys
) -> Selection:
    """Turn criteria into a selection; `since` and `until` stand where no time was chosen."""
    return Selection(
        petition_id=petition.pk,
        since=datetime.fromisoformat(criteria.since) if criteria.since else since,
        until=min(datetime.fromisoformat(criteria.until), until) if criteria.until else until,
        state=criteria.state,
        network=criteria.network,
        mail_domains=stored_domains(criteria.domain, petition.organisation_id, keys),
        source="" if criteria.source == NO_SOURCE else criteria.source or None,
        country=criteria.country,
        locale=criteria.locale,
        name_key=bytes.fromhex(criteria.name),
    )


def stored_domains(domain: str, organisation_id: int, keys: SigningKeys) -> tuple[str, ...]:
    """Give what is stored for a mail domain, typed or as stored; nothing for none."""
    if not domain:
        return ()
    if domain.startswith(KEYED):
        return (domain,)
    return tuple(sorted(mail_domains(domain, organisation_id=organisation_id, keys=keys)))
