"""The list of names, slowed for whoever walks it faster than people read."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from undersign.foundation.rate_limit import TokenBucket
from undersign.web.front_door import answers
from undersign.web.front_door.desk import desk_of
from undersign.web.front_door.places import language_of

# A reader turns a page every few seconds; thirty at once for a class that shares a network.
READING_RATE = 0.5
READING_BURST = 30
PATIENCE = 5.0  # seconds that a request is kept waiting; whoever is that far ahead is asked to come back


class NamesDoor:
    """Passes readers on to the list, at a reader's pace for each network."""

    def __init__(self, pages: ASGIApp) -> None:
        self._pages = pages
        self._bucket = TokenBucket(rate=READING_RATE, burst=READING_BURST)

    async def show(self, request: Request) -> Response:
        """Wait as long as the network has to, or answer 429."""
        wait = self._bucket.allow(desk_of(request).network_of(request))
        if wait > PATIENCE:
            return await answers.too_fast(language_of(request), wait=wait)
        await asyncio.sleep(wait)
        return _Passed(self._pages)


class _Passed(Response):
    """The answer of another application."""

    def __init__(self, pages: ASGIApp) -> None:
        super().__init__()
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._pages(scope, receive, send)
