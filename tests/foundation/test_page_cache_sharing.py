"""What need not be drawn: pages that another process has drawn, and what its keeper knows to be current."""

import asyncio
from pathlib import Path

import pytest

from tests.foundation.page_cache_site import Site, ask, settle
from undersign.foundation.page_cache import PageCache, Selection, Shelf

pytestmark = pytest.mark.anyio

BEES = Selection(tags=frozenset({"petition:1"}))


@pytest.fixture
def site() -> Site:
    site = Site()
    site.publish("/p/bees", "Save the bees", tags=frozenset({"petition:1"}))
    return site


async def shown(cache: PageCache, text: bytes) -> None:
    """Ask until the page is the one with this text."""
    async with asyncio.timeout(10):
        while text not in (await ask(cache, "/p/bees")).body:  # noqa: ASYNC110 -- asking is what renews it
            await asyncio.sleep(0.01)


@pytest.fixture
async def aged(site: Site, shelf: Shelf, tmp_path: Path) -> PageCache:
    """A process whose page is due, and was drawn by another process that is gone."""
    cache = site.cache(shelf=shelf)
    await ask(cache, "/p/bees")
    assert await shelf.load("/p/bees")  # so what it drew is on the disk before what the other draws
    site.now += 73  # the age, and what a process may be behind others
    site.publish("/p/bees", "Bees are back", tags=frozenset({"petition:1"}))
    other = site.cache(shelf=site.shelf(tmp_path))
    await shown(other, b"back")
    await other.close()
    site.publish("/p/bees", "Bees are gone", tags=frozenset({"petition:1"}))
    return cache


async def test_what_another_process_has_just_drawn_is_not_drawn_again(site: Site, aged: PageCache) -> None:
    drawn = len(site.renderings)
    await shown(aged, b"back")
    assert len(site.renderings) == drawn


async def test_what_another_process_drew_a_while_ago_is_drawn_again(site: Site, aged: PageCache) -> None:
    site.now += 31
    await shown(aged, b"gone")


async def test_what_has_changed_since_another_process_drew_it_is_drawn_again(
    site: Site, aged: PageCache
) -> None:
    site.now += 1
    aged.invalidate(BEES)
    await shown(aged, b"gone")


async def test_waiting_for_others_never_goes_past_a_closing(site: Site, tmp_path: Path) -> None:
    for number in range(20):  # each is behind others by chance
        site.publish("/p/bees", "Sign", closes_at=site.now + 65)
        cache = site.cache(shelf=site.shelf(tmp_path / str(number)))
        await ask(cache, "/p/bees")
        site.publish("/p/bees", "Closed")
        site.now += 65.1
        assert b"Closed" in (await ask(cache, "/p/bees")).body
        await cache.close()


async def test_a_page_that_is_affirmed_is_not_drawn_again_for_five_times_its_age(site: Site) -> None:
    cache = site.cache()
    await ask(cache, "/p/bees")
    for _ in range(5):
        cache.affirm("/p/bees")
        site.now += 59
        await ask(cache, "/p/bees")
    await settle()
    assert len(site.renderings) == 1
    site.now += 6
    cache.affirm("/p/bees")
    await ask(cache, "/p/bees")
    await settle()
    assert len(site.renderings) == 2


async def test_affirming_does_not_save_a_page_that_has_changed(site: Site) -> None:
    cache = site.cache()
    await ask(cache, "/p/bees")
    site.publish("/p/bees", "Bees are back", tags=frozenset({"petition:1"}))
    cache.invalidate(BEES)
    cache.affirm("/p/bees")
    await shown(cache, b"back")
