"""Mail domains that a process has met and not told the database of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from disposable_email_domains import blocklist

MAX_KNOWN = 50_000
MAX_NEW = 2_000


class MetDomain(NamedTuple):
    """A domain in clear, with the name it is stored under. The order is that in which rows are written."""

    organisation_id: int
    name: str
    domain: str


@dataclass(slots=True)
class DomainNotes:
    """Takes note of each domain once. Bounded: what a flood brings beyond `MAX_NEW` a second is not noted."""

    _known: set[str] = field(default_factory=set)
    _new: set[MetDomain] = field(default_factory=set)

    def note(self, met: MetDomain) -> None:
        """Take note of a domain, unless that was done before."""
        if met.name in self._known or len(self._new) >= MAX_NEW:
            return
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known.add(met.name)
        self._new.add(met)

    def take(self) -> list[MetDomain]:
        """Hand over what is new, sorted."""
        taken, self._new = self._new, set()
        return sorted(taken)

    def give_back(self, met: Iterable[MetDomain]) -> None:
        """Keep for the next time what could not be written."""
        self._new.update(met)


def is_disposable(domain: str) -> bool:
    """Tell whether a domain, or one above it, gives mailboxes to be thrown away after one mail."""
    while domain:
        if domain in blocklist:
            return True
        domain = domain.partition(".")[2]
    return False
