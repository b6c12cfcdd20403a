from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tests.messaging.dns import dns_of
from undersign.messaging.dkim import DkimSigner, dkim_signer
from undersign.messaging.errors import MailSettingInvalid

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MESSAGE = (
    b"From: Friends of the River <petitions@sender.example>\r\n"
    b"To: alice@example.org\r\n"
    b"Subject: =?utf-8?q?Bitte_best=C3=A4tigen?=\r\n =?utf-8?q?_noch_heute?=\r\n"
    b"X-Not-Signed: may change\r\n"
    b"Date: Sun, 22 Nov 2026 12:00:00 +0000\r\n"
    b'Content-Type: text/plain; charset="utf-8"\r\n'
    b"\r\n"
    b"Two  spaces \t and\ttabs   \r\n\r\nlast line\r\n\r\n\r\n"
)


def pem_of(key: RSAPrivateKey | Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture(scope="module", params=["rsa", "ed25519"])
def key(request: pytest.FixtureRequest) -> RSAPrivateKey | Ed25519PrivateKey:
    return Ed25519PrivateKey.generate() if request.param == "ed25519" else generate_private_key(65537, 2048)


@pytest.fixture
def signer(key: RSAPrivateKey | Ed25519PrivateKey) -> DkimSigner:
    return dkim_signer(domain="sender.example", selector="u1", pem=pem_of(key))


def is_valid(message: bytes, key: RSAPrivateKey | Ed25519PrivateKey) -> bool:
    return bool(dkim.verify(message, dnsfunc=dns_of(key)))


def test_another_implementation_verifies_the_signature(
    signer: DkimSigner, key: RSAPrivateKey | Ed25519PrivateKey
) -> None:
    assert is_valid(signer.header(MESSAGE, at=AT) + MESSAGE, key)


@pytest.mark.parametrize(
    "body", [b"", b"\r\n", b"\r\n\r\n", b"no line end", b" \r\n \r\n", b"a\r\n\r\nb\r\n", b"\t x\r\n"]
)
def test_every_shape_of_body_verifies(
    signer: DkimSigner, key: RSAPrivateKey | Ed25519PrivateKey, body: bytes
) -> None:
    message = MESSAGE.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + body
    assert is_valid(signer.header(message, at=AT) + message, key)


@pytest.mark.parametrize(
    ("original", "forged"),
    [
        (b"last line", b"lost line"),
        (b"To: alice", b"To: mallory"),
        (b"From: Friends", b"From: Mallory <m@forged.example>\r\nFrom: Friends"),
    ],
)
def test_a_changed_mail_does_not_verify(
    signer: DkimSigner, key: RSAPrivateKey | Ed25519PrivateKey, original: bytes, forged: bytes
) -> None:
    signed = signer.header(MESSAGE, at=AT) + MESSAGE
    assert not is_valid(signed.replace(original, forged), key)


def test_what_relays_may_change_does_not_matter(
    signer: DkimSigner, key: RSAPrivateKey | Ed25519PrivateKey
) -> None:
    signed = signer.header(MESSAGE, at=AT) + MESSAGE
    relayed = b"Received: by mx\r\n" + signed.replace(b"\r\n =?utf-8", b"\r\n\t  =?utf-8") + b"\r\n"
    assert is_valid(relayed.replace(b"X-Not-Signed: may", b"X-Not-Signed: did"), key)


def test_lines_of_the_signature_are_short(signer: DkimSigner) -> None:
    assert max(map(len, signer.header(MESSAGE, at=AT).split(b"\r\n"))) <= 100


@pytest.mark.parametrize(
    "pem", [b"nonsense", pem_of(generate_private_key(65537, 1024))], ids=["no key", "1,024 bits"]
)
def test_a_weak_or_broken_key_is_refused_with_words(pem: bytes) -> None:
    with pytest.raises(MailSettingInvalid, match="DKIM key"):
        dkim_signer(domain="sender.example", selector="u1", pem=pem)
