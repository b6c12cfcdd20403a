from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersign.foundation.ids import uuid7, uuid7_at, uuid7_floor

NOON = datetime(2026, 3, 1, 12, 0, 0, 123_000, tzinfo=UTC)
EARLIEST, LATEST = datetime(1970, 1, 2), datetime(2500, 1, 1)  # noqa: DTZ001 -- hypothesis adds the zone
TIMES = st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC))


def test_an_id_is_a_version_7_uuid_of_the_standard_variant() -> None:
    made = uuid7(NOON)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_the_layout_is_that_of_the_example_in_the_standard() -> None:
    # RFC 9562, appendix A.6: 017F22E2-79B0-7CC3-98C4-DC0C0C07398F is 2022-02-22T19:22:22Z.
    example = UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")
    at = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
    assert uuid7_at(example) == at
    assert str(uuid7_floor(at)) == "017f22e2-79b0-7000-8000-000000000000"


@given(at=TIMES)
def test_an_id_tells_its_millisecond(at: datetime) -> None:
    assert uuid7_at(uuid7(at)) == at - timedelta(microseconds=at.microsecond % 1000)


@given(at=TIMES)
def test_the_floor_is_the_smallest_id_of_its_millisecond(at: datetime) -> None:
    millisecond = timedelta(milliseconds=1)
    assert uuid7_floor(at) <= uuid7(at) < uuid7_floor(at + millisecond)
    assert uuid7(at - millisecond) < uuid7_floor(at)


def test_ids_of_one_instant_ascend() -> None:
    ids = [uuid7(NOON) for _ in range(10_000)]
    assert ids == sorted(set(ids))
    assert {uuid7_at(made) for made in ids} == {NOON}


def test_ids_of_the_clock_ascend() -> None:
    ids = [uuid7() for _ in range(10_000)]
    assert ids == sorted(set(ids))


def test_ids_ascend_when_the_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("undersign.foundation.ids.time.time_ns", lambda: 4_000_000_000_000_000_000)
    late = uuid7()
    monkeypatch.undo()
    assert uuid7() > late


def test_a_given_time_does_not_bend_the_ids_of_the_clock() -> None:
    uuid7(datetime(2400, 1, 1, tzinfo=UTC))
    assert uuid7_at(uuid7(NOON)) == NOON


def test_threads_never_share_an_id() -> None:
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda _: [uuid7(NOON) for _ in range(2_000)], range(8)))
    assert len({made for batch in batches for made in batch}) == 16_000
    assert all(batch == sorted(batch) for batch in batches)


def test_a_time_of_another_zone_is_the_same_instant() -> None:
    east = NOON.astimezone(timezone(timedelta(hours=9)))
    assert uuid7_floor(east) == uuid7_floor(NOON)


@pytest.mark.parametrize("at", [NOON.replace(tzinfo=None), datetime(1969, 12, 31, tzinfo=UTC)])
def test_a_time_that_does_not_fit_is_refused(at: datetime) -> None:
    with pytest.raises(ValueError, match=r"time zone|fit"):
        uuid7(at)


def test_the_time_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version 7"):
        uuid7_at(uuid4())
