from collections.abc import Callable

import pytest

from undersign.foundation.rate_limit import TokenBucket


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bucket(clock: Clock) -> Callable[..., TokenBucket]:
    def make(**bounds: float) -> TokenBucket:
        return TokenBucket(**{"rate": 2, "burst": 5, "clock": clock, **bounds})  # type: ignore[arg-type]

    return make


def test_a_reader_who_opens_a_few_pages_is_not_slowed(bucket: Callable[..., TokenBucket]) -> None:
    names = bucket()
    assert [names.allow("192.0.2.0/24") for _ in range(5)] == [0.0] * 5


def test_a_walker_waits_longer_and_longer_up_to_the_bound(bucket: Callable[..., TokenBucket]) -> None:
    names = bucket(max_wait=3)
    waits = [names.allow("192.0.2.0/24") for _ in range(100)][5:]
    assert waits[:6] == pytest.approx([0.5, 1.0, 1.5, 2.0, 2.5, 3.0])
    assert max(waits) == pytest.approx(3.0)


def test_who_waits_as_told_gets_the_rate(bucket: Callable[..., TokenBucket], clock: Clock) -> None:
    names = bucket()
    began = clock.now
    for _ in range(105):
        clock.now += names.allow("192.0.2.0/24")
    assert clock.now - began == pytest.approx(50.0)


def test_rest_fills_the_bucket_again(bucket: Callable[..., TokenBucket], clock: Clock) -> None:
    names = bucket()
    for _ in range(5):
        names.allow("192.0.2.0/24")
    assert names.allow("192.0.2.0/24") > 0
    clock.now += 3
    assert [names.allow("192.0.2.0/24") for _ in range(5)] == [0.0] * 5
    clock.now += 1000
    assert [names.allow("192.0.2.0/24") > 0 for _ in range(6)] == [False] * 5 + [True]


def test_networks_do_not_slow_each_other(bucket: Callable[..., TokenBucket]) -> None:
    names = bucket()
    for _ in range(50):
        names.allow("192.0.2.0/24")
    assert names.allow("2001:db8::/64") == 0


def test_a_costly_request_spends_more(bucket: Callable[..., TokenBucket]) -> None:
    names = bucket()
    assert names.allow("192.0.2.0/24", cost=5) == 0
    assert names.allow("192.0.2.0/24", cost=2) == pytest.approx(1.0)


def test_the_memory_is_bounded(bucket: Callable[..., TokenBucket]) -> None:
    names = bucket(max_keys=10)
    for number in range(1000):
        names.allow(number)
    assert len(names) == 10
