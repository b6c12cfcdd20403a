"""Bodies that trickle in."""

import asyncio

import pytest
from starlette.types import Message

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

    body = PacedBody(receive)
    assert [(await body())["body"] for _ in range(2)] == [b"name=Alice", b""]


async def test_who_stops_sending_is_taken_for_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slowness, "GRACE", 0.05)

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    assert await PacedBody(receive)() == {"type": "http.disconnect"}


async def test_once_the_body_is_whole_nothing_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    has_left = asyncio.Event()

    async def receive() -> Message:
        if not parts:
            await has_left.wait()
            return {"type": "http.disconnect"}
        return parts.pop()

    parts: list[Message] = [{"type": "http.request", "body": b"x" * 100_000, "more_body": False}]
    body = PacedBody(receive)
    await body()
    monkeypatch.setattr(slowness, "GRACE", 0.0)
    waiting = asyncio.create_task(body())
    await asyncio.sleep(0.1)
    assert not waiting.done()
    has_left.set()
    assert (await waiting)["type"] == "http.disconnect"
