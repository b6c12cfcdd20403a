"""Bringing what changes to the pages in memory, about once a second."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

import structlog
from asgiref.sync import sync_to_async
from django.db import Error as DjangoError
from django.db import close_old_connections
from psycopg import Error
from psycopg_pool import PoolTimeout

from undersign.foundation.changes import petition_topic
from undersign.foundation.page_cache import Rendered, Selection
from undersign.signing.queries.petitions import SignablePetition
from undersign.web.addresses import public_path
from undersign.web.composition.live import Moving, moving_parts
from undersign.web.front_door.board import Board, News
from undersign.web.front_door.desk import Desk
from undersign.web.front_door.kept_board import KeptBoard
from undersign.web.headers import PUBLIC_HEADERS
from undersign.web.views.petitions import COUNT_MAX_AGE

logger = structlog.get_logger(__name__)

# Seconds from one look to the next. With a slow look and the drawing of a page, everybody is to see a change
# within two.
PERIOD = 0.8
LEAST_REST = 0.2  # seconds between two looks, however long they take
CONNECTED_WITHIN = 1.0  # seconds
# A little longer than a refresh waits for a connection: what takes so long has one, and waits for a lock.
BEGIN_WITHIN = 1.5  # seconds

JSON_HEADERS = (
    (b"content-type", b"application/json"),
    *((name.lower().encode(), value.encode()) for name, value in PUBLIC_HEADERS.items()),
)


async def keep_current(desk: Desk, *, kept: KeptBoard, report: Callable[[], None]) -> None:
    """Refresh the board and the pages for as long as the process runs, also through a database's absence."""
    live = Live(desk)
    while True:
        began = time.monotonic()
        try:
            await live.refresh()
            await asyncio.to_thread(kept.keep, desk.board.petitions)
        except (Error, DjangoError, PoolTimeout) as problem:
            logger.warning("board.stale", problem=type(problem).__name__)
            await _recall(desk.board, kept)
        report()
        await asyncio.sleep(max(LEAST_REST, PERIOD - (time.monotonic() - began)))


async def board_begin(board: Board, *, kept: KeptBoard) -> None:
    """Return once the first request can be answered, while keep_current runs: it asks the database.

    If that fails or takes too long, the petitions are those that were kept; and if there are none, so be it.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(BEGIN_WITHIN):
            await board.filled.wait()
    await _recall(board, kept)


async def _recall(board: Board, kept: KeptBoard) -> None:
    """Take the petitions as another process knew them, where this one has not seen the database yet."""
    if not board.filled.is_set():
        petitions = await asyncio.to_thread(kept.recall)
        if petitions is not None:
            board.recall(petitions)
            logger.warning("board.recalled", petitions=len(petitions))


class Live:
    """Knows which petitions have a page in memory that does not show their number yet."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._due: set[int] = set()
        self._spliced_at: dict[int, float] = {}

    async def refresh(self) -> None:
        """Look once: pages of what changed are made anew, numbers that moved are spliced in."""
        desk = self._desk
        is_first = not desk.board.has_seen_database
        async with desk.pool.connection(timeout=CONNECTED_WITHIN) as connection:
            news = await desk.board.refresh(connection, at=desk.clock())
        self._due |= news.counted
        if not is_first:
            desk.cache.invalidate(Selection(tags=news.topics))
            await _drop_unpublished(desk, news)
        self._due |= self._late()
        for petition_id in sorted(self._due):
            await self._try(petition_id)
        self._affirm_counts()

    def _affirm_counts(self) -> None:
        """Spare the counts that did not move from being drawn anew: every change of theirs is news."""
        for petition in self._desk.board.petitions.values():
            if petition.id not in self._due:
                for language in _languages(petition):
                    self._desk.cache.affirm(f"{_root(petition, language)}count.json")

    def _late(self) -> set[int]:
        """Find the petitions with a page that was rendered before their last splice and kept after it."""
        filled_at = self._desk.cache.slots_filled_at()
        return {
            petition_id
            for petition_id, spliced_at in self._spliced_at.items()
            if any(
                at < spliced_at and path.startswith(self._roots(petition_id))
                for path, at in filled_at.get(petition_topic(petition_id), {}).items()
            )
        }

    def _roots(self, petition_id: int) -> tuple[str, ...]:
        """Give the paths of a petition's pages as they are now; none if it is published no more."""
        petition = self._desk.board.petitions.get(petition_id)
        return tuple(_root(petition, language) for language in _languages(petition)) if petition else ()

    async def _try(self, petition_id: int) -> None:
        """Splice one petition's number; whatever hinders that hinders no other, and is tried again."""
        try:
            await self._splice(petition_id)
        except Exception as problem:  # noqa: BLE001 -- one petition that cannot be drawn must not stop the clock
            logger.warning("page.not_spliced", petition=petition_id, problem=type(problem).__name__)
        else:
            self._due.discard(petition_id)

    async def _splice(self, petition_id: int) -> None:
        desk, petition = self._desk, self._desk.board.petitions.get(petition_id)
        if petition is None:
            return
        total = desk.board.counts[petition_id]
        drawn = {
            _root(petition, language): await sync_to_async(_draw)(petition_id, total, language)
            for language in _languages(petition)
        }
        # From here to the end nothing else runs: a page that is kept later is found by _late.
        self._spliced_at[petition_id] = desk.clock().timestamp()
        for path in desk.cache.paths_by_slots().get(petition_topic(petition_id), []):
            for root, parts in drawn.items():
                if path.startswith(root):
                    desk.cache.splice(path, parts.slots)
        for root, parts in drawn.items():
            desk.cache.put(f"{root}count.json", _document(petition_id, parts))


async def _drop_unpublished(desk: Desk, news: News) -> None:
    """Take pages away at once that must not be seen any more, from the disk too."""
    published = {petition_topic(petition_id) for petition_id in desk.board.petitions}
    gone = {topic for topic in news.topics if topic.startswith("petition:")} - published
    if gone:
        await desk.cache.drop(Selection(tags=frozenset(gone)))


def _languages(petition: SignablePetition) -> set[str]:
    return {text.locale for text in petition.texts.values()}


def _root(petition: SignablePetition, language: str) -> str:
    return public_path(f"p/{petition.slug}/", language=language)


def _draw(petition_id: int, total: int, language: str) -> Moving:
    close_old_connections()
    return moving_parts(petition_id, total=total, language=language)


def _document(petition_id: int, parts: Moving) -> Rendered:
    return Rendered(
        status=200,
        headers=JSON_HEADERS,
        body=parts.document,
        tags=frozenset({petition_topic(petition_id)}),
        max_age=COUNT_MAX_AGE,
    )
