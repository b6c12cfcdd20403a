"""Allow and block lists as a web process knows them: by organisation, ready to be asked about one form.

A form is found by its network, by its mail domain or one above it, or by its mailbox.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_network
from typing import NamedTuple

from undersign.moderation.models import ListEntry
from undersign.signing.screens import Submission
from undersign.supporters.mailbox import email_key, parse_address

Kind, Effect = ListEntry.Kind, ListEntry.Effect


class Rule(NamedTuple):
    """One line of a list; of an address only the keyed hash and the epoch of its key."""

    organisation_id: int
    effect: str
    kind: str
    value: str
    email_key: bytes | None
    index_epoch: int | None
    expires_at: datetime | None


@dataclass(slots=True)
class OrganisationLists:
    """The rules of one organisation by what a form is found by, each with its end; None is never."""

    ends: dict[tuple[str, Hashable], datetime | None] = field(default_factory=dict)
    prefixes: set[tuple[int, int]] = field(default_factory=set)  # version and length of the networks
    epochs: set[int] = field(default_factory=set)  # of the addresses

    def add(self, rule: Rule) -> None:
        """Take a rule in."""
        key: Hashable = rule.value
        if rule.kind == Kind.NETWORK:
            network = key = ip_network(rule.value)
            self.prefixes.add((network.version, network.prefixlen))
        elif rule.kind == Kind.ADDRESS and rule.index_epoch is not None:
            key = rule.email_key
            self.epochs.add(rule.index_epoch)
        self.ends[rule.effect, key] = rule.expires_at

    def finding(self, effect: str, submission: Submission) -> str:
        """Tell the kind of the first rule of this effect that is about a form; empty if there is none."""
        for kind, keys_of in _KEYS.items():
            if any(self._stands(effect, key, submission.at) for key in keys_of(self, submission)):
                return kind
        return ""

    def _stands(self, effect: str, key: Hashable, at: datetime) -> bool:
        if (effect, key) not in self.ends:
            return False
        end = self.ends[effect, key]
        return end is None or at < end


def _networks(lists: OrganisationLists, submission: Submission) -> Iterator[Hashable]:
    network = ip_network(submission.network)
    for version, length in lists.prefixes:
        if version == network.version and length <= network.prefixlen:
            yield network.supernet(new_prefix=length)


def _domains(_lists: OrganisationLists, submission: Submission) -> Iterator[Hashable]:
    domain = submission.payload.email.rpartition("@")[2].lower()
    while domain:
        yield domain
        domain = domain.partition(".")[2]


def _addresses(lists: OrganisationLists, submission: Submission) -> Iterator[Hashable]:
    organisation_id = submission.petition.organisation_id
    for key in submission.keys.known_index_keys:
        if key.epoch in lists.epochs:
            address = parse_address(submission.payload.email)
            yield email_key(address, organisation_id=organisation_id, index_key=key)


_KEYS: Mapping[str, Callable[[OrganisationLists, Submission], Iterable[Hashable]]] = {
    Kind.NETWORK: _networks,
    Kind.DOMAIN: _domains,
    Kind.ADDRESS: _addresses,
}


def lists_of(rules: Iterable[Rule]) -> dict[int, OrganisationLists]:
    """Arrange rules by organisation."""
    lists: defaultdict[int, OrganisationLists] = defaultdict(OrganisationLists)
    for rule in rules:
        lists[rule.organisation_id].add(rule)
    return dict(lists)
