import asyncio
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import structlog

from undersign.foundation.page_cache.changes import Changes
from undersign.foundation.page_cache.entry import Entry
from undersign.foundation.page_cache.flights import Flights, TooManyFlights
from undersign.foundation.page_cache.memory import Memory
from undersign.foundation.page_cache.pages import CachePolicy, Counts, Page, Rendered, Selection
from undersign.foundation.page_cache.shelf import Shelf

Render: TypeAlias = Callable[[str], Awaitable[Rendered]]
Clock: TypeAlias = Callable[[], float]

_log = structlog.get_logger(__name__)
_RENEWED_AT_ONCE = 32
_MAX_FAILURES = 1000
# How much later than its age a page is renewed at most, as a part of that age.
_MOST_BEHIND = 0.2
_MOST_AFFIRMED = 5  # times that age


class NotRendered(Exception):
    """The page could not be rendered and no older one is there to show instead."""


class Pages:
    """Finds, renders, keeps and renews entries. Belongs to one event loop; `clock` gives Unix seconds."""

    def __init__(self, render: Render, policy: CachePolicy, *, shelf: Shelf | None, clock: Clock) -> None:
        self._render_page = render
        self._policy = policy
        self._shelf = shelf
        self._clock = clock
        self._found = Memory(policy.max_bytes)
        self._missing = Memory(policy.max_missing_bytes)
        self._turns = asyncio.Semaphore(policy.concurrent_renders)
        self._renders = Flights(self._render, max_flights=policy.max_flights)
        self._loads = Flights(self._load, max_flights=policy.max_flights)
        self._invalidated = Changes()
        self._dropped = Changes()
        self._failed: OrderedDict[str, float] = OrderedDict()
        # Processes that share a shelf are not due at the same time: who comes later finds what another drew.
        self._behind = random.uniform(0, _MOST_BEHIND) if shelf else 0.0  # noqa: S311 -- nothing to guess
        self.counts = Counts()

    def get(self, path: str) -> Entry | None:
        """Return what is in memory for `path`, good or not."""
        return self._found.get(path) or self._missing.get(path)

    async def obtain(self, path: str) -> Entry:
        """Return an entry ready to be sent, rendered now if need be. Raises `NotRendered`."""
        entry = self.get(path) or await self._from_shelf(path)
        now = self._clock()
        has_waited = entry is None or now >= entry.servable_until
        if entry is None or has_waited:
            entry = await self._render_or_old(path, entry)
        elif now >= entry.fresh_until:
            self._renew(entry)
        entry.refresh(self._clock())
        self._count(entry, has_waited=has_waited)
        return entry

    def put(self, path: str, rendered: Rendered) -> None:
        """Keep a page that the caller rendered itself."""
        self._keep(Page(path, self._clock(), rendered))

    def paths_by_slots(self) -> dict[str, list[str]]:
        """Return the paths in memory that have slots, by the tag whose numbers fill them."""
        paths: dict[str, list[str]] = {}
        for entry in self._found:
            if tag := entry.page.rendered.slots_of:
                paths.setdefault(tag, []).append(entry.page.path)
        return paths

    def slots_filled_at(self) -> dict[str, dict[str, float]]:
        """Return the same paths, each with the instant as of which its slots are filled."""
        filled: dict[str, dict[str, float]] = {}
        for entry in self._found:
            if tag := entry.page.rendered.slots_of:
                filled.setdefault(tag, {})[entry.page.path] = entry.filled_at
        return filled

    def splice(self, path: str, contents: dict[str, bytes]) -> None:
        """Fill slots of the page at `path` if it is in memory."""
        if entry := self._found.get(path):
            entry.splice(contents, now=self._clock())

    def affirm(self, path: str) -> None:
        """Take the page at `path`, if it is in memory, for rendered now: its caller knows no change of it.

        Up to five times its age; then it is rendered anew all the same.
        """
        entry, now = self.get(path), self._clock()
        if entry is None or entry.is_invalid:
            return
        if now < entry.page.rendered_at + _MOST_AFFIRMED * entry.page.rendered.max_age:
            entry.affirm(now)

    def invalidate(self, selection: Selection) -> None:
        """Render the selected pages anew; until that is done they are shown as they were."""
        self._invalidated.note(selection, at=self._clock())
        covered = self._covered(selection)
        for entry in covered:
            entry.is_invalid = True
            entry.good_until = 0
        for entry in covered[:_RENEWED_AT_ONCE]:
            self._renew(entry)

    async def drop(self, selection: Selection) -> None:
        """Forget the selected pages: from memory before this first awaits, then from the disk."""
        self._dropped.note(selection, at=self._clock())
        for entry in self._covered(selection):
            self._found.discard(entry.page.path)
            self._missing.discard(entry.page.path)
        if self._shelf:
            await self._shelf.drop(selection)

    async def close(self) -> None:
        """Stop rendering; finish writing to disk."""
        await self._renders.close()
        await self._loads.close()
        if self._shelf:
            await self._shelf.close()

    def _covered(self, selection: Selection) -> list[Entry]:
        return [
            entry
            for entry in (*self._found, *self._missing)
            if selection.covers(entry.page.path, entry.page.rendered.tags)
        ]

    def _renew(self, entry: Entry) -> None:
        """Begin to render in the background, unless that failed a moment ago; send the old one meanwhile."""
        now, path = self._clock(), entry.page.path
        if (retry_at := self._failed.get(path, 0)) > now:
            return entry.hold(retry_at)
        try:
            self._renders.start(path)
        except TooManyFlights:
            return entry.hold(now + 1)
        return entry.hold(now + self._policy.render_timeout)

    def _count(self, entry: Entry, *, has_waited: bool) -> None:
        if entry.is_stale:
            self.counts.stale += 1
        elif has_waited:
            self.counts.misses += 1
        else:
            self.counts.hits += 1

    async def _render_or_old(self, path: str, old: Entry | None) -> Entry:
        try:
            return await self._renders.join(path, max_wait=self._policy.max_wait)
        except (NotRendered, TooManyFlights, TimeoutError) as error:
            if old is None:
                raise NotRendered(path) from error
            self._renew(old)
            return old

    async def _render(self, path: str) -> Entry:
        """Render until nothing that the page shows has changed meanwhile, at most three times."""
        if self._failed.get(path, 0) > self._clock():
            raise NotRendered(path)
        if drawn := await self._drawn_elsewhere(path):
            return self._newer(drawn) or self._keep(drawn, is_on_shelf=True)
        for _ in range(3):
            page = await self._render_once(path)
            if not self._invalidated.outdate(page) and not self._dropped.outdate(page):
                return self._newer(page) or self._keep(page)
        return Entry(page, now=self._clock())

    async def _drawn_elsewhere(self, path: str) -> Page | None:
        """Find the page on the shelf if another process has rendered it since this one did, and lately."""
        known = self.get(path)
        if self._shelf is None or known is None or known.is_invalid:
            return None
        page = await self._shelf.load(path)
        if page is None or page.rendered_at <= known.page.rendered_at:
            return None
        is_recent = self._clock() < page.rendered_at + page.rendered.max_age / 2
        return (
            page
            if is_recent and not self._invalidated.outdate(page) and not self._dropped.outdate(page)
            else None
        )

    def _newer(self, page: Page) -> Entry | None:
        """Find what was put at the page's path while it was being rendered."""
        known = self.get(page.path)
        is_newer = known and page.rendered_at < known.page.rendered_at <= self._clock()
        return known if is_newer else None

    async def _render_once(self, path: str) -> Page:
        try:
            async with self._turns, asyncio.timeout(self._policy.render_timeout):
                began = self._clock()
                rendered = await self._render_page(path)
        except Exception as error:
            _log.warning("page_not_rendered", path=path, exc_info=error)
            raise self._failure(path) from error
        if rendered.status >= 500:
            raise self._failure(path)
        self._failed.pop(path, None)
        return Page(path, began, rendered)

    def _failure(self, path: str) -> NotRendered:
        self._failed[path] = self._clock() + self._policy.failure_memory
        if len(self._failed) > _MAX_FAILURES:
            self._failed.popitem(last=False)
        if old := self.get(path):
            old.hold(self._failed[path])
            old.good_until = 0
        return NotRendered(path)

    def _keep(self, page: Page, *, is_on_shelf: bool = False) -> Entry:
        previous = self.get(page.path)
        entry = Entry(page, now=self._clock(), previous=previous)
        self._put_behind(entry)
        self._found.discard(page.path)
        self._missing.discard(page.path)
        is_found = page.rendered.status == 200
        if page.rendered.is_cacheable:
            (self._found if is_found else self._missing).put(entry)
        if is_on_shelf:
            return entry
        if self._shelf and page.rendered.is_cacheable and is_found:
            self._shelf.save(page)
        elif self._shelf and previous and previous.page.rendered.status == 200:
            self._shelf.discard(page.path)
        return entry

    def _put_behind(self, entry: Entry) -> None:
        """Let a page be renewed as much later as this process is behind others; never past a closing."""
        rendered = entry.page.rendered
        due = entry.fresh_until + self._behind * rendered.max_age
        if self._behind and (rendered.closes_at is None or due < rendered.closes_at):
            entry.hold(due)
            entry.refresh(self._clock())

    async def _from_shelf(self, path: str) -> Entry | None:
        if self._shelf is None:
            return None
        try:
            return await self._loads.join(path, max_wait=self._policy.max_wait)
        except (TooManyFlights, TimeoutError):
            return None

    async def _load(self, path: str) -> Entry | None:
        page = await self._shelf.load(path) if self._shelf else None
        if known := self.get(path):  # rendered while we were reading
            return known
        if page is None or self._dropped.outdate(page):
            return None
        entry = Entry(page, now=self._clock())
        entry.is_invalid = self._invalidated.outdate(page) or page.rendered_at > self._clock()
        self._put_behind(entry)
        self._found.put(entry)
        return entry
