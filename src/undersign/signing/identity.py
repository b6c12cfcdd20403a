"""The keys that signing works with, and what they make of a mailbox and a name."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from psycopg import AsyncConnection

from undersign.foundation.group_commit import NotReady
from undersign.foundation.keyed_hash import IndexKey
from undersign.foundation.keys import KeyRing, KeyUnknown
from undersign.foundation.sealing import Sealer
from undersign.foundation.values import value
from undersign.supporters.mailbox import email_key, is_large_provider, parse_address
from undersign.supporters.models import IndexEpoch
from undersign.supporters.services.epochs import EPOCH_LOCK


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """`index_key` is of the live epoch; `next_index_key` of the one being filled, if there is one.

    `index_keys` are all that the keys file has: names were hashed with the key that was live then.
    """

    sealer: Sealer
    index_key: IndexKey
    next_index_key: IndexKey | None = None
    index_keys: tuple[IndexKey, ...] = ()

    @classmethod
    def of_newest_epoch(cls, ring: KeyRing) -> "SigningKeys":
        """Work with the newest index key, where the database cannot be asked which epoch is live."""
        return cls(sealer=Sealer(ring), index_key=ring.index_keys[-1], index_keys=ring.index_keys)

    def with_ring(self, ring: KeyRing) -> "SigningKeys":
        """Take the keys of another keys file for the same epochs."""
        return replace(self, sealer=Sealer(ring), index_keys=ring.index_keys)

    @property
    def known_index_keys(self) -> frozenset[IndexKey]:
        """Every index key in hand."""
        return frozenset((self.index_key, *self.index_keys))

    def under(self, epochs: Mapping[str, int]) -> "SigningKeys":
        """Give the keys for the epochs that are "live" and "filling" now. Raises KeyUnknown."""
        known = {key.epoch: key for key in (*self.index_keys, self.index_key)}
        missing = set(epochs.values()) - known.keys()
        if missing:
            raise KeyUnknown(min(missing))
        filling = epochs.get("filling")
        following = None if filling is None else known[filling]
        return replace(self, index_key=known[epochs["live"]], next_index_key=following)


EPOCHS = b"SELECT state, number FROM supporters_indexepoch WHERE state IN ('live', 'filling')"
HOLD_EPOCHS = b"SELECT pg_advisory_xact_lock_shared(%d)" % EPOCH_LOCK


async def signing_keys(connection: AsyncConnection[Any], ring: KeyRing) -> SigningKeys:
    """Find the keys of the live epoch and of the one being filled. Raises KeyUnknown."""
    cursor = await connection.execute(EPOCHS)
    return SigningKeys.of_newest_epoch(ring).under(dict(await cursor.fetchall()))


def signing_keys_now(ring: KeyRing) -> SigningKeys:
    """Find the same over Django's own connection. Raises KeyUnknown."""
    epochs = IndexEpoch.objects.filter(state__in=("live", "filling")).values_list("state", "number")
    return SigningKeys.of_newest_epoch(ring).under(dict(epochs))


async def epochs_hold(connection: AsyncConnection[Any]) -> None:
    """Keep the index epochs from changing until the transaction ends, and supporters from being erased."""
    await connection.execute(HOLD_EPOCHS)


async def held_keys(connection: AsyncConnection[Any], keys: SigningKeys) -> SigningKeys:
    """Give the keys for the epochs as they are, which must be held.

    Raises NotReady when this process has yet to read the key of an epoch: it must not write until then,
    since it would not find people who are there.
    """
    # A statement after the one that holds: it has a snapshot of its own, taken once the lock is held.
    cursor = await connection.execute(EPOCHS)
    try:
        return keys.under(dict(await cursor.fetchall()))
    except KeyUnknown as unknown:
        raise NotReady from unknown


@value
class MailboxKeys:
    """A mailbox under the live epoch and, while one is being filled, under the next; `domain` is in clear."""

    live: bytes
    next: bytes | None
    domain: str


def mailbox_keys(address: str, *, organisation_id: int, keys: SigningKeys) -> MailboxKeys:
    """Compute what a mailbox is found by in one organisation. Raises AddressInvalid."""
    parsed = parse_address(address)
    live = email_key(parsed, organisation_id=organisation_id, index_key=keys.index_key)
    if keys.next_index_key is None:
        return MailboxKeys(live, None, parsed.domain)
    following = email_key(parsed, organisation_id=organisation_id, index_key=keys.next_index_key)
    return MailboxKeys(live, following, parsed.domain)


# 144 bits: enough that no two domains of an organisation meet, short enough to stand in every row.
_DOMAIN_BYTES = 18
KEYED = "~"


@lru_cache(maxsize=4096)
def mail_domain(domain: str, *, organisation_id: int, index_key: IndexKey) -> str:
    """Give what is stored of a mail domain (ASCII, lower case): a large provider's name, else a keyed hash.

    A small domain can be one person's, so that only whoever knows it can ask for it.
    """
    if is_large_provider(domain):
        return domain
    hashed = index_key.keyed_hash(domain, purpose="mail domain", organisation_id=organisation_id)
    return KEYED + base64.urlsafe_b64encode(hashed[:_DOMAIN_BYTES]).decode()


def mail_domains(domain: str, *, organisation_id: int, keys: SigningKeys) -> frozenset[str]:
    """Give every spelling that the same domain may have been stored under, in this epoch or one before."""
    return frozenset(
        mail_domain(domain, organisation_id=organisation_id, index_key=key) for key in keys.known_index_keys
    )


def name_keys(name: str, *, organisation_id: int, keys: SigningKeys) -> dict[int, bytes]:
    """Compute what tells two people at one mailbox apart: the name without case and spacing.

    Gives the key of every epoch in which the same name may have been stored.
    """
    plain = plain_name(name)
    return {
        key.epoch: key.keyed_hash(plain, purpose="name", organisation_id=organisation_id)
        for key in keys.known_index_keys
    }


def plain_name(name: str) -> str:
    """Give a name without case and spacing."""
    return "".join(name.casefold().split())
