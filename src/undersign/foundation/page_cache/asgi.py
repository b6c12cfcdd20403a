import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from undersign.foundation.page_cache.cache import Clock, NotRendered, Pages, Render
from undersign.foundation.page_cache.entry import Entry
from undersign.foundation.page_cache.pages import CachePolicy, Page, Rendered
from undersign.foundation.page_cache.shelf import Shelf
from undersign.foundation.page_cache.variants import Message, Variant

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_READS: Final = frozenset({"GET", "HEAD"})
_NO_BODY: Final[Message] = {"type": "http.response.body", "body": b""}
_NO_GZIP: Final = re.compile(rb"gzip\s*;\s*q=0(\.0*)?\s*(,|$)")
_UNAVAILABLE: Final = Rendered(
    status=503,
    headers=((b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", b"5")),
    body=b"This page cannot be shown at this moment. Please try again in a few seconds.\n",
    is_cacheable=False,
)


class PageCache:
    """The outermost ASGI layer: a page in memory is answered here, before any router.

    Everything that is not a GET or HEAD of a public path goes to `app`. `render` makes the page of a
    path; it gets no query string, no cookie and no header, so all visitors get the same bytes.
    When it fails and no older page is at hand, `unavailable` is shown: the one for the longest beginning
    of the path, of which "/" is one.
    """

    def __init__(
        self,
        app: App,
        render: Render,
        policy: CachePolicy,
        *,
        shelf: Shelf | None = None,
        unavailable: Mapping[str, Rendered] = MappingProxyType({"/": _UNAVAILABLE}),
        clock: Clock = time.time,
    ) -> None:
        self._app = app
        self._policy = policy
        self._pages = Pages(render, policy, shelf=shelf, clock=clock)
        self._unavailable = {
            beginning: Entry(Page("", 0.0, rendered), now=0.0) for beginning, rendered in unavailable.items()
        }
        self._clock = clock
        self.counts = self._pages.counts
        self.put, self.splice, self.affirm = self._pages.put, self._pages.splice, self._pages.affirm
        self.invalidate, self.drop = self._pages.invalidate, self._pages.drop
        self.paths_by_slots, self.slots_filled_at = self._pages.paths_by_slots, self._pages.slots_filled_at
        self.close = self._pages.close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, else render once for all who wait, else pass on."""
        if scope["type"] != "http" or scope["method"] not in _READS:
            return await self._app(scope, receive, send)
        entry = self._pages.get(scope["path"])
        if entry is None or self._clock() >= entry.good_until:
            if not self._policy.is_public(scope["path"]):
                return await self._app(scope, receive, send)
            entry = await self._obtain(scope["path"])
        elif entry.is_stale:
            self.counts.stale += 1
        else:
            self.counts.hits += 1
        variant, is_known = _negotiate(entry, scope["headers"])
        await send(variant.unchanged if is_known else variant.start)
        await send(_NO_BODY if is_known or scope["method"] == "HEAD" else variant.body)
        return None

    async def rendered(self, path: str) -> Rendered:
        """Give the page at a public path as it was rendered, for an answer made of it. Raises NotRendered."""
        return (await self._pages.obtain(path)).page.rendered

    async def _obtain(self, path: str) -> Entry:
        try:
            return await self._pages.obtain(path)
        except NotRendered:
            self.counts.unavailable += 1
            return self._unavailable[max(filter(path.startswith, self._unavailable), key=len)]


def _negotiate(entry: Entry, headers: Iterable[tuple[bytes, bytes]]) -> tuple[Variant, bool]:
    """Choose the encoding, and tell whether the client already has these bytes."""
    variant, condition = entry.plain, b""
    for name, value in headers:
        if name == b"accept-encoding":
            if b"gzip" in value and not (b"q=0" in value and _NO_GZIP.search(value)):
                variant = entry.gzipped
        elif name == b"if-none-match":
            condition = value
    return variant, bool(condition) and variant.is_named_in(condition)
