"""A small site behind the page cache: its clock, its pages and a visitor's answers."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from undersign.foundation.page_cache import CachePolicy, PageCache, Rendered, Shelf

HTML = (b"content-type", b"text/html; charset=utf-8")


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Site:
    """Serves `pages`; counts renderings; can be slow or away."""

    now: float = 1_800_000_000.25
    pages: dict[str, Rendered] = field(default_factory=dict)
    renderings: list[str] = field(default_factory=list)
    is_away: bool = False
    is_released: asyncio.Event = field(default_factory=asyncio.Event)
    has_begun: asyncio.Event = field(default_factory=asyncio.Event)
    during_rendering: Callable[[], None] | None = None

    def __post_init__(self) -> None:
        self.is_released.set()

    def publish(self, path: str, text: str = "", **fields: Any) -> None:
        body = f"<!doctype html><p>{text or path}</p>".encode()
        self.pages[path] = Rendered(200, (HTML,), body + b" " * 600, **{"max_age": 60, **fields})

    async def render(self, path: str) -> Rendered:
        self.renderings.append(path)
        self.has_begun.set()
        page = self.pages.get(path, Rendered(404, (HTML,), b"nothing here", max_age=10))
        if self.during_rendering:
            self.during_rendering()
        await self.is_released.wait()
        if self.is_away:
            raise ConnectionError("the database is away")
        return page

    def cache(self, *, shelf: Shelf | None = None, **policy: Any) -> PageCache:
        rules = CachePolicy(is_public=lambda path: path.startswith("/p/"), **policy)
        return PageCache(self.application, self.render, rules, shelf=shelf, clock=lambda: self.now)

    async def application(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b"the application"})

    def shelf(self, directory: Path, **bounds: Any) -> Shelf:
        return Shelf(directory / "pages", **bounds)


async def ask(cache: PageCache, path: str, method: str = "GET", *, query: str = "", **headers: str) -> Answer:
    """Send one request; `headers` as keyword arguments, `if_none_match="…"`."""
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    await cache(scope, receive, send)
    start, body = messages
    received = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], received, body["body"])


async def settle() -> None:
    """Let background tasks run until they wait for something else."""
    for _ in range(10):
        await asyncio.sleep(0)
