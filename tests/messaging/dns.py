"""A name server with one DKIM record, for dkimpy."""

import base64
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def dns_of(key: RSAPrivateKey | Ed25519PrivateKey) -> Callable[..., bytes]:
    if isinstance(key, Ed25519PrivateKey):
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        kind = "ed25519"
    else:
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        kind = "rsa"
    record = f"v=DKIM1; k={kind}; p={base64.b64encode(public).decode()}".encode()
    return lambda _name, timeout=5: record
