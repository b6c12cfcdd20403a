"""The keys that signing works with, and what they make of a mailbox and a name."""

from dataclasses import dataclass

from undersign.foundation.keyed_hash import IndexKey
from undersign.foundation.sealing import Sealer
from undersign.supporters.mailbox import email_key, parse_address


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """`index_key` is of the live epoch; `next_index_key` of the one being filled, if there is one."""

    sealer: Sealer
    index_key: IndexKey
    next_index_key: IndexKey | None = None


@dataclass(frozen=True, slots=True)
class MailboxKeys:
    """A mailbox under the live epoch and, while one is being filled, under the next."""

    live: bytes
    next: bytes | None


def mailbox_keys(address: str, *, organisation_id: int, keys: SigningKeys) -> MailboxKeys:
    """Compute what a mailbox is found by in one organisation. Raises AddressInvalid."""
    parsed = parse_address(address)
    live = email_key(parsed, organisation_id=organisation_id, index_key=keys.index_key)
    if keys.next_index_key is None:
        return MailboxKeys(live, None)
    following = email_key(parsed, organisation_id=organisation_id, index_key=keys.next_index_key)
    return MailboxKeys(live, following)


def name_key(name: str, *, organisation_id: int, keys: SigningKeys) -> bytes:
    """Compute what tells two people at one mailbox apart: the name without case and spacing."""
    plain = "".join(name.casefold().split())
    return keys.index_key.keyed_hash(plain, purpose="name", organisation_id=organisation_id)
