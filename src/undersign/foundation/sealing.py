"""Sealing: authenticated encryption of personal data at rest.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. Layout of a sealed value:

    1 byte    version, 0x01
    4 bytes   key id
    12 bytes  nonce
    n bytes   ciphertext, then the 16-byte tag

The version, the key id and the caller's context are authenticated too: a value that is copied to another row
or column does not open there. In SQL the key id is `substring(column from 2 for 4)`.
"""

import secrets
from typing import TypeVar
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from undersign.foundation.keys import KeyRing, KeyUnknown

VERSION = b"\x01"
KEY_ID_AT = slice(1, 5)
_HEADER = 5
_NONCE = 12
_TAG = 16
OVERHEAD = _HEADER + _NONCE + _TAG
JSON_BLOCK = 64
_JSON = msgspec.json.Encoder()

Kind = TypeVar("Kind")


class SealBroken(Exception):
    """The value was damaged, tampered with, cut short, or belongs to another row or purpose."""


def seal_context(purpose: str, row_id: UUID) -> bytes:
    """Name the place a sealed value lives in: what it is for (`"supporter.name"`) and the id of its row."""
    return purpose.encode() + b"\0" + row_id.bytes


def key_id_of(sealed: bytes) -> bytes:
    """Tell which key (4 bytes) sealed a value, without opening it. Raises SealBroken."""
    if len(sealed) < OVERHEAD or sealed[:1] != VERSION:
        raise SealBroken("this is not a sealed value")
    return bytes(sealed[KEY_ID_AT])


class Sealer:
    """Seals with the current key of a ring and opens with any key in it. Safe to share between threads."""

    def __init__(self, ring: KeyRing) -> None:
        self._ciphers = {key.key_id: AESGCM(key.secret) for key in ring.sealing_keys}
        self._current = ring.current_sealing_key.key_id

    def seal(self, plain: bytes, *, context: bytes) -> bytes:
        """Seal bytes for one place; see `seal_context`. The result is `OVERHEAD` (33) bytes longer."""
        header = VERSION + self._current
        nonce = secrets.token_bytes(_NONCE)
        return header + nonce + self._ciphers[self._current].encrypt(nonce, plain, header + context)

    def open(self, sealed: bytes | memoryview, *, context: bytes) -> bytes:
        """Give back what was sealed for this context. Raises SealBroken or KeyUnknown."""
        sealed = bytes(sealed)
        key_id = key_id_of(sealed)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise KeyUnknown(key_id)
        header, nonce, rest = sealed[:_HEADER], sealed[_HEADER : _HEADER + _NONCE], sealed[_HEADER + _NONCE :]
        try:
            return cipher.decrypt(nonce, rest, header + context)
        except InvalidTag:
            raise SealBroken("the value does not open: damaged, or moved from another row") from None

    def seal_json(self, value: object, *, context: bytes) -> bytes:
        """Seal an object as JSON, padded with spaces to 64-byte steps so that its length tells little."""
        plain = _JSON.encode(value)
        padded = plain.ljust(-(-len(plain) // JSON_BLOCK) * JSON_BLOCK)
        return self.seal(padded, context=context)

    def open_json(self, sealed: bytes | memoryview, kind: type[Kind], *, context: bytes) -> Kind:
        """Give back what was sealed by `seal_json`, as a `kind`. Raises SealBroken or KeyUnknown."""
        plain = self.open(sealed, context=context)
        try:
            return msgspec.json.decode(plain, type=kind)
        except (msgspec.DecodeError, UnicodeError):
            raise SealBroken("the value is sealed, but is no such JSON") from None
