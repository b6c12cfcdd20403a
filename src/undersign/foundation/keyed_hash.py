"""Keyed hashes: look up a value that is stored nowhere in clear.

HMAC-SHA-256 (RFC 2104, FIPS 198-1). The message names its purpose and its organisation, each with its length
in front, so that the same address hashed for two purposes or in two organisations gives unrelated values.
"""

import hmac
from dataclasses import dataclass, field
from functools import lru_cache

_DOMAIN = b"undersign keyed hash 1"


@dataclass(frozen=True, slots=True)
class IndexKey:
    """The key of one index epoch: `key` (32 bytes) under the address rules of version `alias_rules`."""

    epoch: int
    key: bytes = field(repr=False)
    alias_rules: int

    def keyed_hash(self, value: str, *, purpose: str, organisation_id: int | None = None) -> bytes:
        """Hash `value` (UTF-8) for `purpose`, within an organisation where one is given. Gives 32 bytes."""
        message = _beginning(purpose, organisation_id) + _sized(value.encode())
        return hmac.digest(self.key, message, "sha256")


@lru_cache(maxsize=1024)
def _beginning(purpose: str, organisation_id: int | None) -> bytes:
    organisation = b"" if organisation_id is None else b"%d" % organisation_id
    return b"".join(map(_sized, (_DOMAIN, purpose.encode(), organisation)))


def _sized(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big") + part
