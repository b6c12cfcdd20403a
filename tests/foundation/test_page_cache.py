"""What visitors get: bytes, headers, conditions."""

import gzip
from email.utils import parsedate_to_datetime

import pytest

from tests.foundation.page_cache_site import HTML, Site, ask, settle
from undersign.foundation.page_cache import Rendered

pytestmark = pytest.mark.anyio


@pytest.fixture
def site() -> Site:
    site = Site()
    site.publish("/p/bees", "Save the bees")
    return site


async def test_a_page_is_rendered_once_and_then_answered_from_memory(site: Site) -> None:
    cache = site.cache()
    answers = [await ask(cache, "/p/bees") for _ in range(3)]
    assert {answer.status for answer in answers} == {200}
    assert b"Save the bees" in answers[0].body
    assert answers[0] == answers[2]
    assert site.renderings == ["/p/bees"]
    assert (cache.counts.misses, cache.counts.hits) == (1, 2)


async def test_query_strings_never_enter_the_key(site: Site) -> None:
    cache = site.cache()
    for query in ("", "source=leaflet", "source=mail&x=1"):
        await ask(cache, "/p/bees", query=query)
    assert site.renderings == ["/p/bees"]


async def test_head_has_the_headers_of_get_and_no_body(site: Site) -> None:
    cache = site.cache()
    got, head = await ask(cache, "/p/bees"), await ask(cache, "/p/bees", "HEAD")
    assert (head.status, head.headers, head.body) == (200, got.headers, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS", "DELETE"])
async def test_other_methods_reach_the_application(site: Site, method: str) -> None:
    assert (await ask(site.cache(), "/p/bees", method)).status == 299


async def test_paths_that_are_not_public_reach_the_application(site: Site) -> None:
    assert (await ask(site.cache(), "/admin/")).status == 299
    assert site.renderings == []


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "gzip"),
        ("br;q=1.0, gzip;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("br, gzip; q=0.0, deflate", None),
        ("gzip;q=0.01", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
async def test_the_encoding_is_one_the_visitor_accepts(
    site: Site, accepted: str, encoding: str | None
) -> None:
    answer = await ask(site.cache(), "/p/bees", accept_encoding=accepted)
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["content-length"] == str(len(answer.body))
    assert b"Save the bees" in (gzip.decompress(answer.body) if encoding else answer.body)
    assert answer.headers["vary"] == "accept-encoding"


async def test_each_encoding_has_its_own_strong_validator(site: Site) -> None:
    cache = site.cache()
    plain, packed = await ask(cache, "/p/bees"), await ask(cache, "/p/bees", accept_encoding="gzip")
    assert plain.headers["etag"] != packed.headers["etag"]
    assert plain.headers["etag"].startswith('"')


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
async def test_a_visitor_who_has_the_page_gets_304(site: Site, form: str) -> None:
    cache = site.cache()
    first = await ask(cache, "/p/bees", accept_encoding="gzip")
    condition = form.format(first.headers["etag"])
    again = await ask(cache, "/p/bees", accept_encoding="gzip", if_none_match=condition)
    assert (again.status, again.body) == (304, b"")
    assert "content-length" not in again.headers
    for name in ("etag", "cache-control", "vary", "last-modified"):
        assert again.headers[name] == first.headers[name]


async def test_another_validator_gets_the_page(site: Site) -> None:
    assert (await ask(site.cache(), "/p/bees", if_none_match='"other"')).status == 200


async def test_a_page_that_is_not_there_has_no_validator(site: Site) -> None:
    answer = await ask(site.cache(), "/p/wasps", if_none_match="*")
    assert answer.status == 404
    assert "etag" not in answer.headers


async def test_the_caching_contract(site: Site) -> None:
    """`public, max-age=i, stale-while-revalidate=2i, stale-if-error=5i`; whole seconds."""
    answer = await ask(site.cache(), "/p/bees")
    contract = "public, max-age=60, stale-while-revalidate=120, stale-if-error=300"
    assert answer.headers["cache-control"] == contract
    assert parsedate_to_datetime(answer.headers["last-modified"]).timestamp() == int(site.now)


async def test_an_unchanged_page_keeps_its_validators_when_rendered_anew(site: Site) -> None:
    cache = site.cache()
    first = await ask(cache, "/p/bees")
    site.now += 500
    assert await ask(cache, "/p/bees") == first
    assert len(site.renderings) == 2


@pytest.mark.parametrize("seconds_left", [1000, 179, 100, 31, 4, 1])
async def test_no_promise_crosses_the_closing_time(site: Site, seconds_left: int) -> None:
    site.publish("/p/oaks", closes_at=site.now + 1000)
    cache = site.cache()
    site.now += 1000 - seconds_left
    await ask(cache, "/p/oaks")
    control = (await ask(cache, "/p/oaks")).headers["cache-control"]
    ages = [int(part.split("=")[1]) for part in control.split(", ")[1:]]
    assert ages[0] + ages[1] <= seconds_left
    assert ages[1:] == [2 * ages[0], 5 * ages[0]]


async def test_the_promise_counts_down_while_a_page_stays_in_memory(site: Site) -> None:
    site.publish("/p/oaks", closes_at=site.now + 30)
    cache = site.cache()
    controls = []
    for _ in range(3):
        controls.append((await ask(cache, "/p/oaks")).headers["cache-control"].split(", ")[1])
        site.now += 9
    assert controls == ["max-age=10", "max-age=7", "max-age=4"]
    assert len(site.renderings) == 1


async def test_a_closing_petition_is_rendered_anew_at_its_closing_time(site: Site) -> None:
    site.publish("/p/oaks", "Sign here", closes_at=site.now + 30)
    cache = site.cache()
    await ask(cache, "/p/oaks")
    site.publish("/p/oaks", "Closed", closes_at=site.now + 30)
    site.now += 30
    answer = await ask(cache, "/p/oaks")
    assert b"Closed" in answer.body
    assert "max-age=60" in answer.headers["cache-control"]


async def test_cookies_are_never_set(site: Site) -> None:
    site.pages["/p/bees"] = Rendered(200, (HTML, (b"set-cookie", b"sessionid=1")), b"x", max_age=60)
    answer = await ask(site.cache(), "/p/bees")
    assert "set-cookie" not in answer.headers


async def test_what_may_not_be_cached_is_kept_nowhere(site: Site) -> None:
    site.publish("/p/bees", is_cacheable=False)
    cache = site.cache()
    answers = [await ask(cache, "/p/bees") for _ in range(2)]
    assert answers[0].headers["cache-control"] == "no-store"
    assert len(site.renderings) == 2


async def test_a_document_put_by_hand_is_answered_like_a_page(site: Site) -> None:
    cache = site.cache()
    json = Rendered(200, ((b"content-type", b"application/json"),), b'{"count":7}', max_age=1)
    cache.put("/p/bees/count.json", json)
    answer = await ask(cache, "/p/bees/count.json", accept_encoding="gzip")
    assert (answer.body, answer.headers["content-type"]) == (b'{"count":7}', "application/json")
    assert site.renderings == []


async def test_the_memory_is_bounded_and_forgets_the_least_used(site: Site) -> None:
    for number in range(20):
        site.publish(f"/p/{number}")
    cache = site.cache(max_bytes=40_000)
    for number in range(20):
        await ask(cache, "/p/0")
        await ask(cache, f"/p/{number}")
    site.renderings.clear()
    await ask(cache, "/p/0")
    assert site.renderings == []
    await ask(cache, "/p/5")
    assert site.renderings == ["/p/5"]


async def test_random_paths_cannot_evict_a_page(site: Site) -> None:
    cache = site.cache(max_bytes=40_000, max_missing_bytes=40_000)
    await ask(cache, "/p/bees")
    for number in range(200):
        assert (await ask(cache, f"/p/mallory-{number}")).status == 404
    site.renderings.clear()
    await ask(cache, "/p/bees")
    await ask(cache, "/p/mallory-199")
    assert site.renderings == []
    await ask(cache, "/p/mallory-0")
    assert site.renderings == ["/p/mallory-0"]


async def test_slots_are_filled_without_rendering_at_most_once_a_second(site: Site) -> None:
    site.publish("/p/bees", "<b><!--slot:count-->7<!--/slot:count--></b>", slots_of="petition:1")
    cache = site.cache()
    first = await ask(cache, "/p/bees", accept_encoding="gzip")
    assert cache.paths_by_slots() == {"petition:1": ["/p/bees"]}
    cache.splice("/p/bees", {"count": b"8"})
    assert await ask(cache, "/p/bees", accept_encoding="gzip") == first
    site.now += 1
    second = await ask(cache, "/p/bees", accept_encoding="gzip", if_none_match=first.headers["etag"])
    assert second.status == 200
    assert b"<!--slot:count-->8<!--/slot:count-->" in gzip.decompress(second.body)
    assert b">8<" in (await ask(cache, "/p/bees")).body
    assert len(site.renderings) == 1


async def test_the_same_number_again_changes_no_byte(site: Site) -> None:
    site.publish("/p/bees", "<!--slot:count-->7<!--/slot:count-->")
    cache = site.cache()
    first = await ask(cache, "/p/bees")
    site.now += 5
    cache.splice("/p/bees", {"count": b"7", "unknown": b"x"})
    assert await ask(cache, "/p/bees") == first


async def test_every_place_of_a_slot_is_filled(site: Site) -> None:
    slot = "<!--slot:count-->7<!--/slot:count-->"
    site.publish("/p/bees", f"{slot} and {slot} <!--slot:names--><!--/slot:names-->")
    cache = site.cache()
    await ask(cache, "/p/bees")
    site.now += 1
    cache.splice("/p/bees", {"count": b"8", "names": b"<li>Alice</li>"})
    body = (await ask(cache, "/p/bees")).body
    assert body.count(b">8<") == 2
    assert b"<!--slot:names--><li>Alice</li><!--/slot:names-->" in body


async def test_a_number_spliced_during_a_rendering_is_not_lost(site: Site) -> None:
    site.publish("/p/bees", "<!--slot:count-->7<!--/slot:count-->")
    cache = site.cache()
    await ask(cache, "/p/bees")
    site.now += 61
    site.is_released.clear()
    await ask(cache, "/p/bees")
    await settle()
    cache.splice("/p/bees", {"count": b"9"})
    site.is_released.set()
    await settle()
    assert b">9<" in (await ask(cache, "/p/bees")).body
