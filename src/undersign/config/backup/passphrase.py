"""The keys file under a passphrase: scrypt (RFC 7914) makes the key, AES-256-GCM seals.

Layout: 1 byte version, 16 bytes salt, 12 bytes nonce, ciphertext with tag.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from undersign.config.backup.errors import ArchiveDamaged, BackupError, PassphraseWrong

SHORTEST = 12  # characters
_VERSION = b"\x01"
_SALT, _NONCE = 16, 12


def keys_seal(plain: bytes, *, passphrase: str) -> bytes:
    """Seal the keys file. Raises BackupError for a passphrase that is too short."""
    if len(passphrase) < SHORTEST:
        raise BackupError(f"The passphrase needs at least {SHORTEST} characters: it guards everybody's data.")
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    return _VERSION + salt + nonce + _cipher(passphrase, salt).encrypt(nonce, plain, _VERSION + salt)


def keys_open(sealed: bytes, *, passphrase: str) -> bytes:
    """Open the keys file of an archive. Raises PassphraseWrong, ArchiveDamaged."""
    if sealed[:1] != _VERSION:
        raise ArchiveDamaged("The keys in this backup cannot be read by this version.")
    salt, rest = sealed[1 : 1 + _SALT], sealed[1 + _SALT :]
    try:
        return _cipher(passphrase, salt).decrypt(rest[:_NONCE], rest[_NONCE:], _VERSION + salt)
    except InvalidTag:
        raise PassphraseWrong("This is not the passphrase of the backup's keys.") from None


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    # OWASP's recommendation of 2023: N = 2^17, r = 8, p = 1 (128 MiB, about half a second).
    return AESGCM(Scrypt(salt=salt, length=32, n=2**17, r=8, p=1).derive(passphrase.encode()))
