"""A page as it goes over the wire: every ASGI message made once, when the page changes."""

import gzip
import re
from dataclasses import dataclass
from email.utils import formatdate
from hashlib import blake2b
from typing import Any, TypeAlias

Message: TypeAlias = dict[str, Any]
Headers: TypeAlias = list[tuple[bytes, bytes]]

_COMPRESSIBLE = re.compile(rb"text/|application/(json|javascript|xml|[a-z.+-]+\+(xml|json))|image/svg")
A_YEAR = 31_536_000  # seconds
_POLICY = b"content-security-policy"
_NEVER_SENT = b"\x00"  # no header can hold it, so nothing matches it


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one encoding with their strong validator (RFC 9110 §8.8.3)."""

    encoding: bytes | None
    etag: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Variant:
    """The ready messages of one encoding."""

    etag: bytes
    start: Message
    body: Message
    unchanged: Message

    def is_named_in(self, condition: bytes) -> bool:
        """Tell whether an `If-None-Match` names these bytes, by weak comparison (RFC 9110 §13.1.2)."""
        return self.etag in condition or (condition == b"*" and self.etag != _NEVER_SENT)


def contents_of(body: bytes, content_type: bytes) -> tuple[Content, Content]:
    """Return (identity, gzip) contents; both are identity where compression does not pay."""
    digest = blake2b(body, digest_size=12).hexdigest().encode()
    plain = Content(None, b'"%s"' % digest, body)
    if len(body) < 512 or not _COMPRESSIBLE.match(content_type):
        return plain, plain
    packed = gzip.compress(body, compresslevel=6, mtime=0)
    return plain, Content(b"gzip", b'"%s-gz"' % digest, packed) if len(packed) < len(body) else plain


def variant_of(content: Content, status: int, headers: Headers) -> Variant:
    """Make the messages for `content`; `headers` are those that all encodings share.

    Only a 200 has a validator: a condition on a page that is not there is ignored (RFC 9110 §13.2.1).
    """
    is_ok = status == 200
    shared = [*headers, (b"etag", content.etag)] if is_ok else headers
    whole = [*shared, (b"content-length", b"%d" % len(content.body))]
    if content.encoding:
        whole.append((b"content-encoding", content.encoding))
    return Variant(
        etag=content.etag if is_ok else _NEVER_SENT,
        start={"type": "http.response.start", "status": status, "headers": whole},
        body={"type": "http.response.body", "body": content.body},
        unchanged={"type": "http.response.start", "status": 304, "headers": _for_304(shared)},
    )


def cache_control(max_age: int) -> bytes:
    """Write the caching contract: twice the age while revalidating, five times on errors (RFC 5861).

    What is good for a year has an address that changes with it and is never asked for again (RFC 8246).
    """
    if max_age >= A_YEAR:
        return b"public, max-age=%d, immutable" % A_YEAR
    return b"public, max-age=%d, stale-while-revalidate=%d, stale-if-error=%d" % (
        max_age,
        2 * max_age,
        5 * max_age,
    )


def http_date(instant: float) -> bytes:
    """Write Unix seconds as an HTTP date, floored to the second."""
    return formatdate(int(instant), usegmt=True).encode()


def _for_304(headers: Headers) -> Headers:
    """Leave out what describes a body; a client takes all others over into what it kept (RFC 9111 §3.2)."""
    return [(name, value) for name, value in headers if not name.startswith(b"content-") or name == _POLICY]
