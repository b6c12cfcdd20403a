"""Renewal, single flight, a database that is away, changes and what stays on disk."""

import asyncio
from pathlib import Path

import pytest

from tests.foundation.page_cache_site import HTML, Site, ask, settle
from undersign.foundation.page_cache import PageCache, Rendered, Selection, Shelf
from undersign.foundation.page_cache.pages import Page

pytestmark = pytest.mark.anyio

BEES = Selection(tags=frozenset({"petition:1"}))


@pytest.fixture
def site() -> Site:
    site = Site()
    site.publish("/p/bees", "Save the bees", tags=frozenset({"petition:1"}))
    return site


async def cold(site: Site, cache: PageCache, tmp_path: Path) -> PageCache:
    """Stop a process and start another one on the same directory."""
    await cache.close()
    return site.cache(shelf=site.shelf(tmp_path))


async def test_a_thousand_visitors_wait_for_one_rendering(site: Site) -> None:
    cache = site.cache()
    site.is_released.clear()
    visitors = [asyncio.create_task(ask(cache, "/p/bees")) for _ in range(1000)]
    await settle()
    site.is_released.set()
    assert {answer.status for answer in await asyncio.gather(*visitors)} == {200}
    assert site.renderings == ["/p/bees"]


async def test_a_visitor_who_leaves_does_not_stop_the_rendering(site: Site) -> None:
    cache = site.cache()
    site.is_released.clear()
    leaver, stayer = (asyncio.create_task(ask(cache, "/p/bees")) for _ in range(2))
    await settle()
    leaver.cancel()
    site.is_released.set()
    assert (await stayer).status == 200
    assert site.renderings == ["/p/bees"]


async def test_an_old_page_is_shown_while_it_is_rendered_anew(site: Site) -> None:
    cache = site.cache()
    await ask(cache, "/p/bees")
    site.publish("/p/bees", "New text")
    site.now += 61
    site.is_released.clear()
    olds = [await ask(cache, "/p/bees") for _ in range(5)]
    assert all(b"Save the bees" in old.body for old in olds)
    assert "max-age=1," in olds[0].headers["cache-control"]
    site.is_released.set()
    await settle()
    assert b"New text" in (await ask(cache, "/p/bees")).body
    assert len(site.renderings) == 2
    assert cache.counts.stale == 5


async def test_a_page_much_too_old_is_shown_only_if_rendering_fails(site: Site) -> None:
    cache = site.cache()
    await ask(cache, "/p/bees")
    site.publish("/p/bees", "New text")
    site.now += 181
    assert b"New text" in (await ask(cache, "/p/bees")).body
    site.is_away = True
    site.now += 100_000
    assert b"New text" in (await ask(cache, "/p/bees")).body


async def test_a_failed_rendering_is_not_tried_again_at_once(site: Site) -> None:
    cache = site.cache()
    await ask(cache, "/p/bees")
    site.is_away = True
    site.now += 1000
    for _ in range(10):
        assert (await ask(cache, "/p/bees")).status == 200
    assert len(site.renderings) == 2
    site.now += 3
    site.is_away = False
    site.publish("/p/bees", "Back again")
    assert b"Back again" in (await ask(cache, "/p/bees")).body


async def test_a_page_nobody_has_is_unavailable_while_the_database_is_away(site: Site) -> None:
    cache = site.cache()
    site.is_away = True
    answers = [await ask(cache, "/p/bees") for _ in range(10)]
    assert {answer.status for answer in answers} == {503}
    assert answers[0].headers["retry-after"] == "5"
    assert answers[0].headers["cache-control"] == "no-store"
    assert (len(site.renderings), cache.counts.unavailable) == (1, 10)


async def test_an_error_page_never_replaces_a_page(site: Site) -> None:
    cache = site.cache()
    await ask(cache, "/p/bees")
    good = site.pages["/p/bees"]
    site.pages["/p/bees"] = type(good)(500, good.headers, b"oops")
    site.now += 1000
    answer = await ask(cache, "/p/bees")
    assert answer.status == 200
    assert b"Save the bees" in answer.body


async def test_a_rendering_that_hangs_is_waited_for_only_so_long(site: Site) -> None:
    cache = site.cache(max_wait=0.05)
    site.is_released.clear()
    assert (await ask(cache, "/p/bees")).status == 503
    site.is_released.set()
    await settle()
    assert (await ask(cache, "/p/bees")).status == 200
    site.now += 1000
    site.is_released.clear()
    assert (await ask(cache, "/p/bees")).status == 200
    await cache.close()


async def test_a_rendering_that_hangs_is_given_up(site: Site) -> None:
    cache = site.cache(max_wait=60, render_timeout=0.05)
    site.is_released.clear()
    async with asyncio.timeout(20):
        assert (await ask(cache, "/p/bees")).status == 503


async def test_renderings_under_way_are_bounded(site: Site) -> None:
    cache = site.cache(max_flights=5, concurrent_renders=2)
    site.is_released.clear()
    visitors = [asyncio.create_task(ask(cache, f"/p/{number}")) for number in range(20)]
    await settle()
    assert len(site.renderings) == 2
    site.is_released.set()
    statuses = [answer.status for answer in await asyncio.gather(*visitors)]
    assert statuses == [404] * 5 + [503] * 15


async def test_a_changed_page_is_rendered_anew_and_shown_as_it_was_meanwhile(site: Site) -> None:
    cache = site.cache()
    await ask(cache, "/p/bees")
    site.now += 1
    site.publish("/p/bees", "New text", tags=frozenset({"petition:1"}))
    site.is_released.clear()
    cache.invalidate(BEES)
    assert b"Save the bees" in (await ask(cache, "/p/bees")).body
    site.is_released.set()
    await settle()
    assert b"New text" in (await ask(cache, "/p/bees")).body


@pytest.mark.parametrize(
    "selection",
    [BEES, Selection(paths=frozenset({"/p/bees"})), Selection(prefix="/p/be")],
    ids=["tag", "path", "prefix"],
)
async def test_a_dropped_page_vanishes_at_once_and_from_the_disk(
    site: Site, shelf: Shelf, tmp_path: Path, selection: Selection
) -> None:
    cache = site.cache(shelf=shelf)
    await ask(cache, "/p/bees")
    site.now += 1
    del site.pages["/p/bees"]
    await cache.drop(selection)
    assert (await ask(cache, "/p/bees")).status == 404
    assert list((tmp_path / "pages").iterdir()) == []
    site.is_away = True
    cache = await cold(site, cache, tmp_path)
    assert (await ask(cache, "/p/bees")).status == 503
    await cache.close()


async def test_a_page_dropped_while_it_is_rendered_is_not_kept(site: Site, shelf: Shelf) -> None:
    cache = site.cache(shelf=shelf)
    site.is_released.clear()
    visitor = asyncio.create_task(ask(cache, "/p/bees"))
    await site.has_begun.wait()
    site.now += 1
    del site.pages["/p/bees"]
    await cache.drop(BEES)
    site.now += 1
    site.is_released.set()
    assert (await visitor).status == 404


async def test_a_page_that_keeps_changing_is_shown_but_not_kept(site: Site) -> None:
    cache = site.cache()

    def change() -> None:
        site.now += 1
        cache.invalidate(BEES)

    site.during_rendering = change
    assert (await ask(cache, "/p/bees")).status == 200
    assert len(site.renderings) == 3
    site.during_rendering = None
    await ask(cache, "/p/bees")
    await ask(cache, "/p/bees")
    assert len(site.renderings) == 4


async def test_a_cold_process_serves_without_the_database(site: Site, shelf: Shelf, tmp_path: Path) -> None:
    cache = site.cache(shelf=shelf)
    first = await ask(cache, "/p/bees")
    cache = await cold(site, cache, tmp_path)
    site.is_away = True
    assert await ask(cache, "/p/bees") == first
    site.now += 100_000
    late = await ask(cache, "/p/bees")
    assert (late.status, late.body) == (200, first.body)
    await cache.close()


async def test_a_cold_process_knows_what_changed_before_it_looked(site: Site, tmp_path: Path) -> None:
    cache = site.cache(shelf=site.shelf(tmp_path))
    await ask(cache, "/p/bees")
    cache = await cold(site, cache, tmp_path)
    site.now += 1
    site.publish("/p/bees", "New text", tags=frozenset({"petition:1"}))
    cache.invalidate(BEES)
    await ask(cache, "/p/bees")
    await settle()
    assert b"New text" in (await ask(cache, "/p/bees")).body
    await cache.close()


async def test_a_page_that_became_404_leaves_the_disk(site: Site, shelf: Shelf, tmp_path: Path) -> None:
    cache = site.cache(shelf=shelf)
    await ask(cache, "/p/bees")
    del site.pages["/p/bees"]
    site.now += 1000
    assert (await ask(cache, "/p/bees")).status == 404
    await cache.close()
    assert list((tmp_path / "pages").iterdir()) == []


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "other version"])
async def test_damaged_files_are_ignored(site: Site, shelf: Shelf, tmp_path: Path, damage: str) -> None:
    cache = site.cache(shelf=shelf)
    await ask(cache, "/p/bees")
    await cache.close()
    (file,) = (tmp_path / "pages").iterdir()
    data = file.read_bytes()
    file.write_bytes(
        {
            "empty": b"",
            "cut": data[:-10],
            "flipped": data[:-3] + bytes([data[-3] ^ 1]) + data[-2:],
            "other version": data.replace(b"page 1\n", b"page 9\n"),
        }[damage]
    )
    site.is_away = True
    cache = site.cache(shelf=site.shelf(tmp_path))
    assert (await ask(cache, "/p/bees")).status == 503
    await cache.close()


async def test_missing_pages_are_not_written_to_disk(site: Site, shelf: Shelf, tmp_path: Path) -> None:
    cache = site.cache(shelf=shelf)
    for number in range(10):
        await ask(cache, f"/p/mallory-{number}")
    await cache.close()
    assert list((tmp_path / "pages").iterdir()) == []


async def test_the_disk_is_bounded(site: Site, tmp_path: Path) -> None:
    cache = site.cache(shelf=site.shelf(tmp_path, max_bytes=20_000))
    for number in range(100):
        site.publish(f"/p/{number}")
        await ask(cache, f"/p/{number}")
    await cache.close()
    kept = sum(file.stat().st_size for file in (tmp_path / "pages").iterdir())
    assert 10_000 < kept <= 22_000


async def test_only_we_can_read_the_directory(site: Site, shelf: Shelf, tmp_path: Path) -> None:
    cache = site.cache(shelf=shelf)
    await ask(cache, "/p/bees")
    await cache.close()
    (file,) = (tmp_path / "pages").iterdir()
    assert (tmp_path / "pages").stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600


async def test_a_full_disk_does_not_disturb_visitors(site: Site, shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "pages").rmdir()
    cache = site.cache(shelf=shelf)
    assert (await ask(cache, "/p/bees")).status == 200
    await cache.close()


async def test_processes_that_share_a_directory_never_read_half_a_page(site: Site, tmp_path: Path) -> None:
    shelves = [site.shelf(tmp_path, max_bytes=30_000) for _ in range(3)]
    sizes = {number: 1_000 * (number + 1) for number in range(6)}
    for round_ in range(40):
        for shelf in shelves:
            for number, size in sizes.items():
                rendered = Rendered(200, (HTML,), bytes([round_]) * size)
                shelf.save(Page(f"/p/{number}", site.now, rendered))
        for number, size in sizes.items():
            page = await shelves[round_ % 3].load(f"/p/{number}")
            assert page is None or (len(page.rendered.body), len(set(page.rendered.body))) == (size, 1)
    for shelf in shelves:
        await shelf.close()
    assert not list((tmp_path / "pages").glob("*.draft"))


async def test_a_dropped_page_that_another_process_wrote_late_is_not_used(
    site: Site, shelf: Shelf, tmp_path: Path
) -> None:
    cache, late = site.cache(shelf=shelf), site.shelf(tmp_path)
    began = site.now
    site.now += 1
    await cache.drop(BEES)
    late.save(Page("/p/bees", began, site.pages.pop("/p/bees")))
    await late.close()
    assert (await ask(cache, "/p/bees")).status == 404


async def test_a_page_is_packed_once_a_second_even_while_it_is_rendered_anew(site: Site) -> None:
    site.publish("/p/bees", "<!--slot:count-->7<!--/slot:count-->", tags=frozenset({"petition:1"}))
    cache = site.cache()
    await ask(cache, "/p/bees")
    site.now += 0.5
    site.is_released.clear()
    cache.splice("/p/bees", {"count": b"8"})
    cache.invalidate(BEES)
    assert b">7<" in (await ask(cache, "/p/bees")).body
    site.now += 0.5
    assert b">8<" in (await ask(cache, "/p/bees")).body
    await cache.close()
