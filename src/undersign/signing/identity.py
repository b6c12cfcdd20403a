"""The keys that signing works with, and what they make of a mailbox and a name."""

from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection

from undersign.foundation.keyed_hash import IndexKey
from undersign.foundation.keys import KeyRing
from undersign.foundation.sealing import Sealer
from undersign.supporters.mailbox import email_key, parse_address


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """`index_key` is of the live epoch; `next_index_key` of the one being filled, if there is one."""

    sealer: Sealer
    index_key: IndexKey
    next_index_key: IndexKey | None = None

    @classmethod
    def of_newest_epoch(cls, ring: KeyRing) -> "SigningKeys":
        """Work with the newest index key, where the database cannot be asked which epoch is live."""
        return cls(sealer=Sealer(ring), index_key=ring.index_keys[-1])


EPOCHS = b"SELECT state, number FROM supporters_indexepoch WHERE state IN ('live', 'filling')"


async def signing_keys(connection: AsyncConnection[Any], ring: KeyRing) -> SigningKeys:
    """Find the keys of the live epoch and of the one being filled. Raises KeyUnknown."""
    cursor = await connection.execute(EPOCHS)
    epochs = dict(await cursor.fetchall())
    filling = epochs.get("filling")
    return SigningKeys(
        sealer=Sealer(ring),
        index_key=ring.index_key(epochs["live"]),
        next_index_key=None if filling is None else ring.index_key(filling),
    )


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
