"""Links in mails: tokens that carry what they mean and are stored nowhere.

Layout, before URL-safe base64 without padding (RFC 4648 §5):

    1 byte         length of `bound_to`, 0-16
    16 bytes       subject, a UUID
    0-16 bytes     bound_to, such as the id of the petition
    4 bytes        expiry, seconds since 1970
    16 bytes       HMAC-SHA-256 over the purpose and all other bytes, cut to 128 bits
    1 byte         number of the token key, 1-61

The number comes last because 1-61 always ends the text in a letter or digit: mail programs that make links of
plain text leave a final `-` or `_` outside. Length and encoding are checked before the signature, so a link
that was cut can be told from one that was forged.
"""

import base64
import binascii
import hmac
import re
from datetime import UTC, datetime

from undersign.foundation.keys import KeyRing
from undersign.foundation.mac import Mac
from undersign.foundation.values import value

_SUBJECT = 16
_EXPIRY = 4
_MAC = 16
_FRAME = 1 + _SUBJECT + _EXPIRY + _MAC + 1
MAX_BOUND_TO = 16
MAX_LENGTH = 72
_DOMAIN = b"undersign token 1"
_ALPHABET = re.compile(r"[A-Za-z0-9_-]+")
# What mail programs and people leave at the end of a link; never part of a token.
_TRAILING = " \t\r\n.,;:!?>)]}'\"*\u00bb\u201d\u2019"


@value
class Token:
    """What a link says: whom or what it is about, what it belongs to, until when it holds."""

    subject: bytes
    bound_to: bytes
    expires_at: datetime


class TokenRefused(Exception):
    """Any token that is not taken."""


class TokenMalformed(TokenRefused):
    """Not a token, or one that lost characters on its way: the link was cut or broken by a mail program."""


class TokenForged(TokenRefused):
    """A token that we did not make for this purpose, or whose key is no longer in use."""


class TokenExpired(TokenRefused):
    """A genuine token whose time is over; `token` says of what, so that the way back there can be shown."""

    def __init__(self, token: Token) -> None:
        self.token = token
        super().__init__(f"the link expired at {token.expires_at.isoformat()}")


class TokenSigner:
    """Makes and reads tokens with the token keys of a ring. Safe to share between threads."""

    def __init__(self, ring: KeyRing) -> None:
        self._macs = {key.key_id: Mac(key.secret) for key in ring.token_keys}
        self._current = ring.current_token_id

    def issue(self, purpose: str, subject: bytes, bound_to: bytes, expires_at: datetime) -> str:
        """Make a token: at most 72 characters, 51 plus 4/3 for each byte of `bound_to` (0-16 bytes).

        `subject` is a UUID's 16 bytes; `expires_at` is cut to the second. Raises ValueError for other sizes.
        """
        if len(subject) != _SUBJECT or len(bound_to) > MAX_BOUND_TO or expires_at.tzinfo is None:
            raise ValueError(
                "a token has a subject of 16 bytes, is bound to at most 16 and has an aware expiry"
            )
        expiry = int(expires_at.timestamp()).to_bytes(_EXPIRY, "big")
        body = bytes([len(bound_to)]) + subject + bound_to + expiry
        raw = body + self._mac(self._current, purpose, body) + bytes([self._current])
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    def read(self, token: str, *, purpose: str, at: datetime) -> Token:
        """Read a token as of the instant `at`; punctuation that a mail program left at its end is ignored.

        Raises TokenMalformed, TokenForged, or TokenExpired from the second of its expiry on.
        """
        raw = _decode(token.rstrip(_TRAILING))
        body, mac, key_id = raw[: -_MAC - 1], raw[-_MAC - 1 : -1], raw[-1]
        if key_id not in self._macs or not hmac.compare_digest(mac, self._mac(key_id, purpose, body)):
            raise TokenForged("this link was not made here, or not for this")
        found = Token(
            subject=body[1 : 1 + _SUBJECT],
            bound_to=body[1 + _SUBJECT : -_EXPIRY],
            expires_at=datetime.fromtimestamp(int.from_bytes(body[-_EXPIRY:], "big"), UTC),
        )
        if at >= found.expires_at:
            raise TokenExpired(found)
        return found

    def _mac(self, key_id: int, purpose: str, body: bytes) -> bytes:
        name = purpose.encode()
        message = _DOMAIN + bytes([key_id]) + len(name).to_bytes(2, "big") + name + body
        return self._macs[key_id].digest(message)[:_MAC]


def _decode(text: str) -> bytes:
    if len(text) > MAX_LENGTH or not _ALPHABET.fullmatch(text):
        raise TokenMalformed("the link is damaged")
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise TokenMalformed("the link is incomplete") from None
    if len(raw) < _FRAME or raw[0] > MAX_BOUND_TO or len(raw) != _FRAME + raw[0]:
        raise TokenMalformed("the link is incomplete")
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise TokenMalformed("the link is damaged")  # one token, one spelling: no bits to spare at the end
    return raw
