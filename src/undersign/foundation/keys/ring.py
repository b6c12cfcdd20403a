"""The keys of one installation, in memory and as JSON.

The file is one JSON object, version 1:

    {"format": "undersign-keys", "version": 1,
     "sealing": {"current": "5f0c9a1e", "keys": [{"id": "5f0c9a1e", "key": "…", "created_at": "…"}]},
     "index":   {"keys": [{"epoch": 1, "key": "…", "alias_rules": 1, "created_at": "…"}]},
     "tokens":  {"current": 1, "keys": [{"id": 1, "key": "…", "created_at": "…"}]},
     "django_secret": "…",
     "dkim_private_key": null}

A `key` is 32 bytes in base64. Sealing keys have random 4-byte ids (hexadecimal here), so that an id is never
used again for another key. Token keys are numbered 1 to 61, see `undersign.foundation.tokens`. Which index
epoch is live is a fact of the database, not of this file.
"""

import base64
import binascii
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from undersign.foundation.keyed_hash import IndexKey
from undersign.foundation.keys.errors import KeyUnknown

FORMAT = "undersign-keys"
VERSION = 1
KEY_BYTES = 32
KEY_ID_BYTES = 4
TOKEN_KEY_IDS = range(1, 62)


@dataclass(frozen=True, slots=True)
class SealingKey:
    """A key that seals personal data: a random 4-byte id and 32 secret bytes."""

    key_id: bytes
    secret: bytes = field(repr=False)
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A key that signs links in mails: a number from 1 to 61 and 32 secret bytes."""

    key_id: int
    secret: bytes = field(repr=False)
    created_at: datetime


@dataclass(frozen=True, slots=True)
class IndexEpoch:
    """An index key with the time it was made."""

    index_key: IndexKey
    created_at: datetime


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys of an installation. Current keys make new values, the others still know old ones."""

    sealing_keys: tuple[SealingKey, ...]
    current_sealing_id: bytes
    index_epochs: tuple[IndexEpoch, ...]
    token_keys: tuple[TokenKey, ...]
    current_token_id: int
    django_secret: str = field(repr=False)
    dkim_private_key: str | None = field(repr=False, default=None)

    @property
    def current_sealing_key(self) -> SealingKey:
        """The key that seals. Raises KeyUnknown."""
        return self.sealing_key(self.current_sealing_id)

    @property
    def index_keys(self) -> tuple[IndexKey, ...]:
        """Every index key, oldest epoch first."""
        return tuple(epoch.index_key for epoch in self.index_epochs)

    def sealing_key(self, key_id: bytes) -> SealingKey:
        """Find a sealing key by its id. Raises KeyUnknown."""
        for key in self.sealing_keys:
            if key.key_id == key_id:
                return key
        raise KeyUnknown(key_id)

    def index_key(self, epoch: int) -> IndexKey:
        """Find the index key of an epoch. Raises KeyUnknown."""
        for key in self.index_keys:
            if key.epoch == epoch:
                return key
        raise KeyUnknown(epoch)


def make_sealing_key(*, at: datetime) -> SealingKey:
    """Make a sealing key with a random id."""
    return SealingKey(secrets.token_bytes(KEY_ID_BYTES), secrets.token_bytes(KEY_BYTES), at)


def make_index_epoch(epoch: int, *, alias_rules: int, at: datetime) -> IndexEpoch:
    """Make the key of an index epoch."""
    return IndexEpoch(IndexKey(epoch, secrets.token_bytes(KEY_BYTES), alias_rules), at)


def make_token_key(key_id: int, *, at: datetime) -> TokenKey:
    """Make a token key with the given number."""
    return TokenKey(key_id, secrets.token_bytes(KEY_BYTES), at)


def make_ring(*, alias_rules: int, at: datetime) -> KeyRing:
    """Make the keys of a new installation."""
    sealing = make_sealing_key(at=at)
    return KeyRing(
        sealing_keys=(sealing,),
        current_sealing_id=sealing.key_id,
        index_epochs=(make_index_epoch(1, alias_rules=alias_rules, at=at),),
        token_keys=(make_token_key(1, at=at),),
        current_token_id=1,
        django_secret=secrets.token_urlsafe(50),
    )


def ring_to_json(ring: KeyRing) -> dict[str, Any]:
    """Write the ring as the JSON object described above."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "sealing": {
            "current": ring.current_sealing_id.hex(),
            "keys": [
                {"id": key.key_id.hex(), **_secret(key.secret, key.created_at)} for key in ring.sealing_keys
            ],
        },
        "index": {
            "keys": [
                {
                    "epoch": e.index_key.epoch,
                    "alias_rules": e.index_key.alias_rules,
                    **_secret(e.index_key.key, e.created_at),
                }
                for e in ring.index_epochs
            ],
        },
        "tokens": {
            "current": ring.current_token_id,
            "keys": [{"id": key.key_id, **_secret(key.secret, key.created_at)} for key in ring.token_keys],
        },
        "django_secret": ring.django_secret,
        "dkim_private_key": ring.dkim_private_key,
    }


def ring_from_json(data: dict[str, Any]) -> KeyRing:
    """Read the ring from its JSON object. Raises ValueError that says what is wrong."""
    if data.get("format") != FORMAT or data.get("version") != VERSION:
        problem = f'it does not say "format": "{FORMAT}", "version": {VERSION}'
        raise ValueError(problem)
    try:
        ring = _read(data)
    except KeyError as error:
        problem = f"{error} is missing"
        raise ValueError(problem) from error
    except (TypeError, AttributeError) as error:
        raise ValueError("a part has the wrong type") from error
    _check(ring)
    return ring


def _read(data: dict[str, Any]) -> KeyRing:
    sealing, index, tokens = data["sealing"], data["index"], data["tokens"]
    return KeyRing(
        sealing_keys=tuple(SealingKey(bytes.fromhex(k["id"]), *_open_secret(k)) for k in sealing["keys"]),
        current_sealing_id=bytes.fromhex(sealing["current"]),
        index_epochs=tuple(_read_epoch(k) for k in index["keys"]),
        token_keys=tuple(TokenKey(int(k["id"]), *_open_secret(k)) for k in tokens["keys"]),
        current_token_id=int(tokens["current"]),
        django_secret=str(data["django_secret"]),
        dkim_private_key=data.get("dkim_private_key"),
    )


def _read_epoch(entry: dict[str, Any]) -> IndexEpoch:
    key, created_at = _open_secret(entry)
    return IndexEpoch(IndexKey(int(entry["epoch"]), key, int(entry["alias_rules"])), created_at)


def _secret(secret: bytes, created_at: datetime) -> dict[str, str]:
    return {"key": base64.b64encode(secret).decode(), "created_at": created_at.isoformat()}


def _open_secret(entry: dict[str, Any]) -> tuple[bytes, datetime]:
    try:
        secret = base64.b64decode(entry["key"], validate=True)
    except binascii.Error as error:
        raise ValueError("a key is not base64") from error
    if len(secret) != KEY_BYTES:
        problem = f"a key has {len(secret)} bytes instead of {KEY_BYTES}"
        raise ValueError(problem)
    return secret, datetime.fromisoformat(entry["created_at"])


def _check(ring: KeyRing) -> None:
    sealing = [key.key_id for key in ring.sealing_keys]
    tokens = [key.key_id for key in ring.token_keys]
    if ring.current_sealing_id not in sealing or ring.current_token_id not in tokens or not ring.index_keys:
        raise ValueError("a current key is not in its list")
    if any(len(key_id) != KEY_ID_BYTES for key_id in sealing):
        problem = f"the id of a sealing key is not {KEY_ID_BYTES} bytes"
        raise ValueError(problem)
    if any(key_id not in TOKEN_KEY_IDS for key_id in tokens):
        raise ValueError("the id of a token key is not between 1 and 61")
    for ids in (sealing, tokens, [key.epoch for key in ring.index_keys]):
        if len(set(ids)) != len(ids):
            raise ValueError("a key is there twice")
    if not ring.django_secret:
        raise ValueError("django_secret is empty")
