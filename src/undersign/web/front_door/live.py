"""Bringing what changes to the pages in memory, once a second."""

import asyncio
from collections.abc import Callable

import structlog
from asgiref.sync import sync_to_async
from django.db import Error as DjangoError
from django.db import close_old_connections
from psycopg import Error
from psycopg_pool import PoolTimeout

from undersign.foundation.changes import petition_topic
from undersign.foundation.page_cache import Rendered, Selection
from undersign.web.addresses import public_path
from undersign.web.composition.live import Moving, moving_parts
from undersign.web.front_door.board import News
from undersign.web.front_door.desk import Desk
from undersign.web.headers import PUBLIC_HEADERS
from undersign.web.views.petitions import COUNT_MAX_AGE

logger = structlog.get_logger(__name__)

PERIOD = 1.0  # seconds

JSON_HEADERS = (
    (b"content-type", b"application/json"),
    *((name.lower().encode(), value.encode()) for name, value in PUBLIC_HEADERS.items()),
)


async def keep_current(desk: Desk, *, report: Callable[[], None]) -> None:
    """Refresh the board and the pages for as long as the process runs, also through a database's absence."""
    while True:
        try:
            await refresh(desk)
        except (Error, DjangoError, PoolTimeout) as problem:
            logger.warning("board.stale", problem=type(problem).__name__)
        report()
        await asyncio.sleep(PERIOD)


async def refresh(desk: Desk) -> None:
    """Look once: pages of what changed are made anew, numbers that moved are spliced in."""
    is_first = not desk.board.is_filled
    async with desk.pool.connection(timeout=PERIOD) as connection:
        news = await desk.board.refresh(connection, at=desk.clock())
    if not is_first:
        desk.cache.invalidate(Selection(tags=news.topics))
        await _drop_unpublished(desk, news)
    for petition_id in news.counted:
        await _splice(desk, petition_id)


async def _drop_unpublished(desk: Desk, news: News) -> None:
    """Take pages away at once that must not be seen any more, from the disk too."""
    published = {petition_topic(petition_id) for petition_id in desk.board.petitions}
    gone = {topic for topic in news.topics if topic.startswith("petition:")} - published
    if gone:
        await desk.cache.drop(Selection(tags=frozenset(gone)))


async def _splice(desk: Desk, petition_id: int) -> None:
    petition = desk.board.petitions.get(petition_id)
    if petition is None:
        return
    paths = desk.cache.paths_by_slots().get(petition_topic(petition_id), [])
    for language in {text.locale for text in petition.texts.values()}:
        root = public_path(f"p/{petition.slug}/", language=language)
        parts = await sync_to_async(_draw)(petition_id, desk.board.counts[petition_id], language)
        for path in paths:
            if path.startswith(root):
                desk.cache.splice(path, parts.slots)
        desk.cache.put(f"{root}count.json", _document(petition_id, parts))


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
