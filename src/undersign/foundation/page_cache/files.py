"""The file of one page: magic with version, checksum of the rest, header in JSON, body."""

import json
import struct
from hashlib import blake2b

from undersign.foundation.page_cache.pages import Page, Rendered

_MAGIC = b"undersign page 1\n"
_DIGEST_SIZE = 20
_LENGTH = struct.Struct(">I")
_START = len(_MAGIC) + _DIGEST_SIZE


class Damaged(Exception):
    """The file is not a whole page of this version."""


def file_name(path: str) -> str:
    """Return the name under which the page at `path` is kept."""
    return blake2b(path.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest() + ".page"


def to_bytes(page: Page) -> bytes:
    """Write `page` as a file; slots are kept as they were rendered."""
    rendered = page.rendered
    header = json.dumps(
        {
            "path": page.path,
            "rendered_at": page.rendered_at,
            "status": rendered.status,
            "headers": [
                [name.decode("latin-1"), value.decode("latin-1")] for name, value in rendered.headers
            ],
            "tags": sorted(rendered.tags),
            "slots_of": rendered.slots_of,
            "max_age": rendered.max_age,
            "closes_at": rendered.closes_at,
        }
    ).encode()
    rest = _LENGTH.pack(len(header)) + header + rendered.body
    return _MAGIC + _digest(rest) + rest


def from_bytes(data: bytes) -> Page:
    """Read a file back. Raises `Damaged`."""
    rest = data[_START:]
    if not data.startswith(_MAGIC) or data[len(_MAGIC) : _START] != _digest(rest):
        raise Damaged
    (length,) = _LENGTH.unpack_from(rest)
    header = json.loads(rest[_LENGTH.size : _LENGTH.size + length])
    rendered = Rendered(
        status=header["status"],
        headers=tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in header["headers"]),
        body=rest[_LENGTH.size + length :],
        tags=frozenset(header["tags"]),
        slots_of=header["slots_of"],
        max_age=header["max_age"],
        closes_at=header["closes_at"],
    )
    return Page(header["path"], header["rendered_at"], rendered)


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST_SIZE).digest()
