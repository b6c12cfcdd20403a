"""HMAC-SHA-256 (RFC 2104, FIPS 198-1) with keys that are used over and over."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC


class Mac:
    """One key, taken up once: that costs more than hashing what we hash. Safe to share between threads."""

    def __init__(self, key: bytes, beginning: bytes = b"") -> None:
        """Take up a key, and the beginning that all its messages share."""
        self._begun = HMAC(key, SHA256())
        self._begun.update(beginning)

    def digest(self, message: bytes) -> bytes:
        """Hash the beginning and the message. Gives 32 bytes."""
        hashing = self._begun.copy()
        hashing.update(message)
        return hashing.finalize()
