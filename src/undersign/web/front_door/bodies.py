"""Reading what a browser posts, within bounds."""

from urllib.parse import parse_qsl

from starlette.requests import Request

MAX_BODY = 64 * 1024
MAX_DROPPED = 32 * 1024 * 1024
MAX_FIELDS = 60
FORM = "application/x-www-form-urlencoded"


class BodyRefused(Exception):
    """The body cannot be a form of ours; `status` is the HTTP status that says so."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(f"refused with {status}")


async def form_values(request: Request) -> dict[str, str]:
    """Read a posted form, the last value of each field. Raises BodyRefused (400, 413, 415).

    Bytes that are no UTF-8 become lone surrogates, which the fields refuse with a message.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise BodyRefused(415)
    body = await _bounded(request)
    try:
        pairs = parse_qsl(
            body.decode("ascii", "surrogateescape"),
            keep_blank_values=True,
            errors="surrogateescape",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        raise BodyRefused(400) from None
    return dict(pairs)


async def _bounded(request: Request) -> bytes:
    """Read a body to its end, but keep no more than fits a form.

    A browser shows our answer only once it has sent everything, so what is too much is read and dropped, up
    to a bound.
    """
    body, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= MAX_BODY:
            body += chunk
        elif size > MAX_DROPPED:
            break
    if size > MAX_BODY:
        raise BodyRefused(413)
    return bytes(body)


def typed(values: dict[str, str]) -> dict[str, str]:
    """Make what was typed safe to show again: what is no character is shown as one that says so."""
    return {
        name: value.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\0", "\ufffd")
        for name, value in values.items()
    }
