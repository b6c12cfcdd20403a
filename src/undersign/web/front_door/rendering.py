"""Making a page that is not in memory: an anonymous request to Django, without a cookie or a query."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

from undersign.foundation.page_cache import Rendered
from undersign.foundation.page_cache.asgi import App
from undersign.web.headers import guarded
from undersign.web.views.public import CLOSES_HEADER, MAX_AGE_HEADER, SLOTS_HEADER, TAGS_HEADER

NOTES = frozenset(
    name.lower().encode() for name in (TAGS_HEADER, SLOTS_HEADER, CLOSES_HEADER, MAX_AGE_HEADER)
)


class DjangoPages:
    """Renders public paths through Django; `host` is the name the instance is reached by."""

    def __init__(self, django: App, host: str) -> None:
        self._django = django
        self._host = host.encode()

    async def __call__(self, path: str) -> Rendered:
        """Make the page at `path`. Whatever Django raises comes through."""
        answer = _Answer()
        await self._django(self._scope(path), answer.receive, answer.send)
        return answer.rendered()

    def _scope(self, path: str) -> dict[str, Any]:
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", self._host)],
            "server": None,
            "client": None,
        }


class PageBroken(Exception):
    """Django answered with a 5xx: keep showing what there was."""


class _Answer:
    """Collects one response."""

    def __init__(self) -> None:
        self._status = 500
        self._headers: list[tuple[bytes, bytes]] = []
        self._body = bytearray()
        self._is_asked = False

    async def receive(self) -> MutableMapping[str, Any]:
        if self._is_asked:
            await _for_ever()
        self._is_asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = [(name.lower(), value) for name, value in message["headers"]]
        else:
            self._body += message.get("body", b"")

    def rendered(self) -> Rendered:
        if self._status >= 500:
            raise PageBroken(self._status)
        notes = {name: value.decode() for name, value in self._headers if name in NOTES}
        closes_at = notes.get(CLOSES_HEADER.lower().encode())
        return Rendered(
            status=self._status,
            headers=tuple(guarded("/", (pair for pair in self._headers if pair[0] not in NOTES))),
            body=bytes(self._body),
            tags=frozenset(notes.get(TAGS_HEADER.lower().encode(), "").split()),
            slots_of=notes.get(SLOTS_HEADER.lower().encode()),
            max_age=int(notes.get(MAX_AGE_HEADER.lower().encode(), "2")),
            closes_at=float(closes_at) if closes_at else None,
        )


async def _for_ever() -> None:
    """Wait as a connection does whose client stays: Django listens for its end while it works."""
    await asyncio.Event().wait()
