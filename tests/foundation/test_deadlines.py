"""Waits that end too late, or in time."""

import asyncio
from functools import partial

import pytest

from undersign.foundation.deadlines import Deadlines

pytestmark = pytest.mark.anyio


async def test_what_is_late_is_called_once_and_what_is_over_never() -> None:
    now = asyncio.get_running_loop().time()
    late: list[str] = []
    deadlines = Deadlines(every=0.02)
    for wait, due in (("alice", 0.03), ("bob", 0.03), ("carol", 60)):
        deadlines.watch(wait, now + due, partial(late.append, wait))
    deadlines.forget("bob")
    await asyncio.sleep(0.2)
    assert late == ["alice"]


async def test_it_looks_again_after_a_time_without_anybody() -> None:
    deadlines, is_late = Deadlines(every=0.02), asyncio.Event()
    deadlines.watch("alice", asyncio.get_running_loop().time(), lambda: None)
    await asyncio.sleep(0.1)
    deadlines.watch("bob", asyncio.get_running_loop().time(), is_late.set)
    async with asyncio.timeout(5):
        await is_late.wait()
