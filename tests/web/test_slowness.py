"""Bodies that trickle in."""

import asyncio

import pytest
from starlette.types import Message

from undersign.foundation.deadlines import Deadlines
from undersign.web.front_door import slowness
from undersign.web.front_door.slowness import PacedBody

pytestmark = pytest.mark.anyio


async def test_a_body_that_comes_at_a_pace_is_read() -> None:
    parts: list[Message] = [
        {"type": "http.request", "body": b"name=Alice", "more_body": True},
        {"type": "http.request", "body": b"", "more_body": False},
    ]

    async def receive() -> Message:
        return parts.pop(0)

    body = PacedBody(receive, Deadlines(every=0.02))
    assert [(await body())["body"] for _ in range(2)] == [b"name=Alice", b""]


async def test_who_stops_sending_is_taken_for_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slowness, "GRACE", 0.05)

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    assert await PacedBody(receive, Deadlines(every=0.02))() == {"type": "http.disconnect"}


async def test_once_the_body_is_whole_nothing_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    has_left = asyncio.Event()

    async def receive() -> Message:
        if not parts:
            await has_left.wait()
            return {"type": "http.disconnect"}
        return parts.pop()

    parts: list[Message] = [{"type": "http.request", "body": b"x" * 100_000, "more_body": False}]
    body = PacedBody(receive, Deadlines(every=0.02))
    await body()
    monkeypatch.setattr(slowness, "GRACE", 0.0)
    waiting = asyncio.create_task(body())
    await asyncio.sleep(0.1)
    assert not waiting.done()
    has_left.set()
    assert (await waiting)["type"] == "http.disconnect"


async def test_who_is_stopped_by_somebody_else_is_not_taken_for_slow() -> None:
    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    reading = asyncio.create_task(PacedBody(receive, Deadlines(every=0.02))())
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_a_request_goes_on_after_its_body_was_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slowness, "GRACE", 0.05)

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def request() -> int:
        await PacedBody(receive, Deadlines(every=0.02))()
        await asyncio.sleep(0)
        task = asyncio.current_task()
        assert task is not None
        return task.cancelling()

    assert await asyncio.create_task(request()) == 0


async def test_who_is_slow_and_stopped_by_somebody_else_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slowness, "GRACE", 0.0)
    body: PacedBody

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def request() -> None:
        await body()

    body = PacedBody(receive, Deadlines(every=60))
    reading = asyncio.create_task(request())
    await asyncio.sleep(0)
    body._give_up()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
