"""How fast forms come from a network, in one process and over all of them."""

import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg import AsyncConnection, DataError
from psycopg_pool import AsyncConnectionPool

from undersign.config.screening import EXCHANGED_AT_ONCE, _exchange
from undersign.moderation.pace import Pace, Share
from undersign.moderation.services.pacing import paces_forget, paces_share

SCHOOL, HOME = "192.0.2.0/24", "198.51.100.0/24"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # the minute begins


def crowd(pace: Pace, forms: int, *, at: datetime = NOW, network: str = SCHOOL) -> None:
    for _ in range(forms):
        pace.count(network, at)


def test_a_network_is_crowded_once_its_last_minute_reaches_the_pace() -> None:
    pace = Pace(10)
    crowd(pace, 9)
    assert pace.pressure(SCHOOL, NOW) < 1
    crowd(pace, 1)
    assert pace.pressure(SCHOOL, NOW) == 1
    assert pace.pressure(HOME, NOW) == 0


def test_a_crowd_is_forgotten_little_by_little() -> None:
    pace = Pace(10)
    crowd(pace, 20)
    minute = timedelta(minutes=1)
    assert pace.pressure(SCHOOL, NOW + minute) == 2
    assert pace.pressure(SCHOOL, NOW + minute * 1.5) == 1
    assert pace.pressure(SCHOOL, NOW + 2 * minute) == 0


def test_everybody_or_nobody_may_be_asked() -> None:
    assert Pace(0).pressure(HOME, NOW) == math.inf
    off = Pace(None)
    crowd(off, 1000)
    assert off.pressure(SCHOOL, NOW) == 0


def test_the_network_not_seen_for_longest_is_forgotten_first() -> None:
    pace = Pace(1, max_networks=2)
    for network in ("192.0.2.0/24", "198.51.100.0/24", "192.0.2.0/24", "203.0.113.0/24"):
        pace.count(network, NOW)
    assert pace.pressure("198.51.100.0/24", NOW) == 0
    assert pace.pressure("192.0.2.0/24", NOW) == 2


def test_what_could_not_be_shared_is_shared_the_next_time() -> None:
    pace = Pace(10)
    crowd(pace, 3)
    pace.give_back(pace.take())
    crowd(pace, 1)
    assert [share.forms for share in pace.take()] == [4]
    assert pace.take() == []


def test_of_a_form_that_came_alone_nobody_is_told() -> None:
    pace = Pace(20)
    minute = int(NOW.timestamp() // 60)
    crowd(pace, 1)
    assert pace.pressure(SCHOOL, NOW) == 1 / 20
    assert pace.take() == []
    crowd(pace, 2)
    assert pace.take() == [Share(minute, SCHOOL, 2)]
    pace.learn([Share(minute, SCHOOL, 10)])
    assert pace.pressure(SCHOOL, NOW) == 11 / 20
    crowd(pace, 1, at=NOW + timedelta(minutes=1))
    assert pace.take() == []


def test_a_small_pace_is_shared_to_the_last_form() -> None:
    pace = Pace(2)
    crowd(pace, 1)
    assert [share.forms for share in pace.take()] == [1]


@pytest.fixture
async def connection(transactional_db: None, database_url: str) -> AsyncIterator[AsyncConnection[Any]]:
    async with await AsyncConnection.connect(database_url, autocommit=True) as opened:
        yield opened


@pytest.mark.anyio
async def test_processes_learn_from_each_other_what_they_have_counted(
    connection: AsyncConnection[Any],
) -> None:
    one, other = Pace(10), Pace(10)
    crowd(one, 6)
    crowd(one, 1, network="2001:db8::/64")
    crowd(other, 6)
    one.learn(await paces_share(connection, one.take()))
    crowd(other, 1, network=HOME)
    shares = other.take()
    crowd(other, 1)  # while the database works
    other.learn(await paces_share(connection, shares))
    assert one.pressure(SCHOOL, NOW) == 0.6
    assert other.pressure(SCHOOL, NOW) == 1.3
    await paces_forget(connection, at=NOW + timedelta(minutes=5))
    assert await paces_share(connection, [Share(0, HOME, 1)]) == [Share(0, HOME, 1)]
    cursor = await connection.execute("SELECT count(*) FROM moderation_networkpace")
    assert await cursor.fetchone() == (1,)


def test_sums_of_the_minute_before_arrive_late_and_still_count() -> None:
    pace = Pace(10)
    crowd(pace, 1)
    later = NOW + timedelta(minutes=1)
    crowd(pace, 1, at=later)
    pace.learn([Share(int(NOW.timestamp() // 60), SCHOOL, 30)])
    assert pace.pressure(SCHOOL, later) == 3.1


@pytest.mark.anyio
async def test_an_exchange_that_fails_half_way_loses_and_doubles_nothing(
    connection: AsyncConnection[Any], database_url: str
) -> None:
    pace, networks = Pace(20), EXCHANGED_AT_ONCE + 100
    for n in range(networks):
        crowd(pace, 2, network=f"10.{n // 256}.{n % 256}.0/24")
    crowd(pace, 2, network="nowhere")  # comes last
    autocommit = {"autocommit": True}
    async with AsyncConnectionPool(database_url, kwargs=autocommit, min_size=1, open=False) as pool:
        with pytest.raises(DataError):
            await _exchange(pace, pool)
        kept = [share for share in pace.take() if share.network != "nowhere"]
        assert len(kept) == 100
        pace.give_back(kept)
        await _exchange(pace, pool)
    cursor = await connection.execute("SELECT count(*), sum(forms) FROM moderation_networkpace")
    assert await cursor.fetchone() == (networks, 2 * networks)
