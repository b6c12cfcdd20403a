"""A page from the cache as the answer to an address that holds a token.

The forms on such pages have no action and post to the address they are at, so the page itself can be the
same bytes for everybody.
"""

from collections.abc import Iterable

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from undersign.foundation.page_cache import PageCache
from undersign.web.addresses import public_path
from undersign.web.front_door.places import Place
from undersign.web.headers import PRIVATE_HEADERS

# What a page that everybody may keep says, and an address with a token must not.
SHARED = frozenset({b"cache-control", b"etag", b"last-modified", b"referrer-policy", b"x-robots-tag"})
PRIVATE = [
    (name.lower().encode(), value.encode())
    for name, value in PRIVATE_HEADERS.items()
    if name.lower().encode() in SHARED
]


def _private(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [*(pair for pair in headers if pair[0] not in SHARED), *PRIVATE]


class CachedPage(Response):
    """The cached page `below` a petition, sent without being kept by anybody else."""

    def __init__(self, cache: PageCache, place: Place, below: str) -> None:
        super().__init__()
        self._cache = cache
        self._path = public_path(f"p/{place.slug}/{below}", language=place.locale)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the cache would answer at the page's own address, but private."""

        async def send_private(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _private(message["headers"])}
            await send(message)

        headers = [pair for pair in scope["headers"] if pair[0] != b"if-none-match"]
        await self._cache({**scope, "path": self._path, "headers": headers}, receive, send_private)
