"""Reading what a browser posts, within bounds."""

import asyncio
from urllib.parse import unquote_to_bytes

from starlette.requests import Request

from undersign.web.front_door.salvage import FORM, kind_of, salvaged

MAX_BODY = 64 * 1024
MAX_DROPPED = 32 * 1024 * 1024
MAX_FIELDS = 60


class BodyRefused(Exception):
    """The body cannot be a form of ours; `status` is the HTTP status that says so.

    `values` is what could be read of it all the same, to be shown again.
    """

    def __init__(self, status: int, values: dict[str, str]) -> None:
        self.status = status
        self.values = values
        super().__init__(f"refused with {status}")


async def form_values(request: Request) -> dict[str, str]:
    """Read a posted form, the last value of each field. Raises BodyRefused (400, 408, 413, 415).

    Bytes that are no UTF-8 are refused by the fields, with a message.
    """
    content_type = request.headers.get("content-type", "")
    body, is_whole = await _bounded(request)
    if kind_of(content_type) != FORM:
        raise await _refused(415, body, content_type)
    if not is_whole:
        raise await _refused(413, body, content_type)
    if body.count(b"&") >= MAX_FIELDS:
        raise await _refused(400, body, content_type)
    return fields_of(body)


def fields_of(encoded: bytes) -> dict[str, str]:
    """Read a form or a query string as the URL Standard has it (§5.1), the last value of each field.

    Bytes that are no UTF-8 become lone surrogates. The standard library's reader takes twice as long.
    """
    text = encoded.replace(b"+", b" ").decode("utf-8", "surrogateescape")
    values = {}
    for field in text.split("&"):
        if field:
            name, _, value = field.partition("=")
            values[_unquoted(name) if "%" in name else name] = _unquoted(value) if "%" in value else value
    return values


def _unquoted(text: str) -> str:
    return unquote_to_bytes(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


async def _refused(status: int, body: bytes, content_type: str) -> BodyRefused:
    """Make the refusal in a thread: a hostile body can take a tenth of a second to read."""
    return BodyRefused(status, await asyncio.to_thread(salvaged, body, content_type))


async def _bounded(request: Request) -> tuple[bytes, bool]:
    """Read a body to its end, but keep no more than fits a form; tell whether that is all of it.

    A browser shows our answer only once it has sent everything, so what is too much is read and dropped, up
    to a bound. Where the client has said how long it is, the server is not asked once more whether that was
    all: under load that takes as long as the body itself.
    """
    announced = request.headers.get("content-length")
    body, size, is_more = bytearray(), 0, True
    while is_more and size <= MAX_DROPPED:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            # Or too slow, see slowness.py; who has left reads no answer anyway.
            raise BodyRefused(408, {})
        chunk = message.get("body", b"")
        body += chunk[: MAX_BODY - len(body)]
        size += len(chunk)
        is_more = message.get("more_body", False) and str(size) != announced
    return bytes(body), size <= MAX_BODY


def typed(values: dict[str, str]) -> dict[str, str]:
    """Make what was typed safe to show again: what is no character is shown as one that says so."""
    return {
        name: value.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\0", "\ufffd")
        for name, value in values.items()
    }
