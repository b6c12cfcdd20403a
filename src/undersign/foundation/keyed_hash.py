"""Keyed hashes: look up a value that is stored nowhere in clear.

HMAC-SHA-256. The message names its purpose and its organisation, each with its length in front, so that the
same address hashed for two purposes or in two organisations gives unrelated values.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from undersign.foundation.mac import Mac

_DOMAIN = b"undersign keyed hash 1"


@dataclass(frozen=True, slots=True)
class IndexKey:
    """The key of one index epoch: `key` (32 bytes) under the address rules of version `alias_rules`."""

    epoch: int
    key: bytes = field(repr=False)
    alias_rules: int

    def keyed_hash(self, value: str, *, purpose: str, organisation_id: int | None = None) -> bytes:
        """Hash `value` (UTF-8) for `purpose`, within an organisation where one is given. Gives 32 bytes."""
        return _mac(self.key, purpose, organisation_id).digest(_sized(value.encode()))


@lru_cache(maxsize=1024)
def _mac(key: bytes, purpose: str, organisation_id: int | None) -> Mac:
    organisation = b"" if organisation_id is None else b"%d" % organisation_id
    return Mac(key, b"".join(map(_sized, (_DOMAIN, purpose.encode(), organisation))))


def _sized(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big") + part
