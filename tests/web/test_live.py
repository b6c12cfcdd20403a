"""Numbers reach every page in memory, whatever goes wrong and whenever the page was rendered."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from asgiref.sync import sync_to_async
from django.core.asgi import get_asgi_application
from django.db import connections
from django.utils import timezone
from psycopg import AsyncConnection
from pytest_django import Settings

from tests.foundation.page_cache_site import ask
from tests.petitions import signable
from tests.web import campaigns
from undersign.config.web_process import open_desk
from undersign.foundation.keys import ensure_keys_file
from undersign.foundation.page_cache import CachePolicy, PageCache, Rendered
from undersign.web.front_door import live
from undersign.web.front_door.desk import Desk
from undersign.web.front_door.kept_board import KeptBoard
from undersign.web.front_door.rendering import DjangoPages

pytestmark = pytest.mark.anyio

TALLY = """
    INSERT INTO signing_tally (petition_id, count, updated_at) VALUES (%s, %s, %s)
    ON CONFLICT (petition_id) DO UPDATE SET count = EXCLUDED.count, updated_at = EXCLUDED.updated_at
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def weirs(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Two published petitions, by their ids."""
    # Each request of Django has a thread of its own here, whose connection nobody could close later.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    place = campaigns.organisation("rivers", "Free Rivers")
    names = ("one", "two")
    return [campaigns.publish(place, f"Weir {n}", f"weir-{n}").petition_id for n in names]


class Slowly:
    """Makes real pages, and hands them over when it is released. Numbers come from nowhere but a splice."""

    def __init__(self) -> None:
        self._pages = DjangoPages(cast("Any", get_asgi_application()), "testserver")
        self.is_held = asyncio.Event()
        self.is_released = asyncio.Event()
        self.is_released.set()

    async def __call__(self, path: str) -> Rendered:
        if path.endswith("count.json"):
            raise LookupError(path)
        page = await self._pages(path)
        self.is_held.set()
        await self.is_released.wait()
        return page


@asynccontextmanager
async def serving(render: Callable[[str], Awaitable[Rendered]]) -> AsyncIterator[tuple[Desk, PageCache]]:
    """Run what a web process runs once a second, with its page cache."""

    # A page lives long, so that only a splice can bring it a new number.
    cache = PageCache(
        _nothing, _for_an_hour(render), CachePolicy(lambda _path: True, max_wait=60, render_timeout=60)
    )
    with pytest.MonkeyPatch.context() as patience:
        patience.setattr(live, "CONNECTED_WITHIN", 20)
        patience.setattr(live, "BEGIN_WITHIN", 20)
        async with open_desk(cache) as desk:
            assert desk.board.has_seen_database  # before the first request
            yield desk, cache
    await sync_to_async(connections.close_all)()


async def _nothing(_scope: Any, _receive: Any, _send: Any) -> None:
    raise AssertionError("only pages are asked for")


def _for_an_hour(render: Callable[[str], Awaitable[Rendered]]) -> Callable[[str], Awaitable[Rendered]]:
    async def made(path: str) -> Rendered:
        page = await render(path)
        return Rendered(page.status, page.headers, page.body, page.tags, page.slots_of, max_age=3600)

    return made


async def _until(look: Callable[[], bool]) -> None:
    for _ in range(600):
        if look():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError


async def _shown(cache: PageCache, path: str, number: str) -> None:
    """Wait until a page shows a number of signatures."""
    for _ in range(600):
        if f">{number}<" in (await ask(cache, path)).body.decode():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(number)


async def _count(desk: Desk, petition_id: int, count: int) -> None:
    async with desk.pool.connection() as connection:
        await connection.execute(TALLY, [petition_id, count, timezone.now()])


async def _run(desk: Desk, statement: str) -> None:
    async with desk.pool.connection() as connection:
        await connection.execute(statement.encode())


async def test_a_number_that_could_not_be_drawn_is_drawn_when_that_is_possible(
    weirs: list[int], settings: Settings
) -> None:
    ensure_keys_file(Path(settings.KEYS_FILE), alias_rules=1, at=timezone.now())
    async with serving(Slowly()) as (desk, cache):
        for name in ("one", "two"):
            await ask(cache, f"/p/weir-{name}/")
        await _run(desk, "ALTER TABLE signing_signature RENAME TO away")
        for petition_id in weirs:
            await _count(desk, petition_id, 4321)
        await _until(lambda: [desk.board.counts.get(each) for each in weirs] == [4321, 4321])
        await _count(desk, weirs[1], 5432)
        await _until(lambda: desk.board.counts[weirs[1]] == 5432)  # so the first were tried, in vain
        await _run(desk, "ALTER TABLE away RENAME TO signing_signature")
        await _shown(cache, "/p/weir-one/", "4,321")
        await _shown(cache, "/p/weir-two/", "5,432")


async def test_a_process_whose_database_hangs_begins_with_what_was_kept(
    weirs: list[int], database_url: str, tmp_path: Path, settings: Settings
) -> None:
    settings.DATA_DIR = tmp_path
    ensure_keys_file(Path(settings.KEYS_FILE), alias_rules=1, at=timezone.now())
    KeptBoard(tmp_path / "board.json").keep({7: signable(id=7, slug="open-the-weir")})
    cache = PageCache(_nothing, Slowly(), CachePolicy(lambda _path: True))
    async with await AsyncConnection.connect(database_url) as report:
        await report.execute("LOCK TABLE foundation_change")
        async with open_desk(cache) as desk:
            assert desk.board.by_slug("open-the-weir").id == 7
            assert not desk.board.has_seen_database
            await report.rollback()
            await _until(lambda: sorted(desk.board.petitions) == sorted(weirs))
    await sync_to_async(connections.close_all)()


async def test_a_page_that_was_being_rendered_while_the_number_moved_shows_it_too(
    weirs: list[int], settings: Settings
) -> None:
    ensure_keys_file(Path(settings.KEYS_FILE), alias_rules=1, at=timezone.now())
    pages = Slowly()
    async with serving(pages) as (desk, cache):
        pages.is_released.clear()
        first = asyncio.create_task(ask(cache, "/p/weir-one/"))
        await pages.is_held.wait()
        await _count(desk, weirs[0], 4321)
        await _until(lambda: cache.slots_filled_at() == {} and desk.board.counts.get(weirs[0]) == 4321)
        await _shown(cache, "/p/weir-one/count.json", "4,321")
        pages.is_released.set()
        await first
        await _shown(cache, "/p/weir-one/", "4,321")


async def test_a_count_that_does_not_move_is_not_drawn_again(
    weirs: list[int], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "COUNT_MAX_AGE", 5)  # long enough for a process that is held up
    ensure_keys_file(Path(settings.KEYS_FILE), alias_rules=1, at=timezone.now())
    pages, asked = Slowly(), list[str]()

    async def noted(path: str) -> Rendered:
        asked.append(path)
        return await pages(path)

    async with serving(noted) as (desk, cache):
        await _count(desk, weirs[0], 4321)
        await _shown(cache, "/p/weir-one/count.json", "4,321")
        asked.clear()
        for _ in range(7 * 5):
            await asyncio.sleep(0.2)
            await ask(cache, "/p/weir-one/count.json")
        assert asked == []
