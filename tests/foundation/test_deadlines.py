"""Waits that end too late, or in time."""

import asyncio
from functools import partial

import pytest

from undersign.foundation.deadlines import Deadlines


@pytest.mark.anyio
async def test_what_is_late_is_called_once_and_what_is_over_never() -> None:
    now = asyncio.get_running_loop().time()
    late: list[str] = []
    deadlines = Deadlines(every=0.02)
    for wait, due in (("alice", 0.03), ("bob", 0.03), ("carol", 60)):
        deadlines.watch(wait, now + due, partial(late.append, wait))
    deadlines.forget("bob")
    await asyncio.sleep(0.2)
    assert late == ["alice"]


@pytest.mark.anyio
async def test_it_looks_again_after_a_time_without_anybody() -> None:
    deadlines, is_late = Deadlines(every=0.02), asyncio.Event()
    deadlines.watch("alice", asyncio.get_running_loop().time(), lambda: None)
    await asyncio.sleep(0.1)
    deadlines.watch("bob", asyncio.get_running_loop().time(), is_late.set)
    async with asyncio.timeout(5):
        await is_late.wait()


@pytest.mark.anyio
async def test_one_that_fails_leaves_the_others_watched() -> None:
    loop, is_late = asyncio.get_running_loop(), asyncio.Event()
    deadlines = Deadlines(every=0.02)
    failures: list[object] = []
    loop.set_exception_handler(lambda _, context: failures.append(context["exception"]))
    deadlines.watch("mallory", loop.time(), partial(int, "nonsense"))
    deadlines.watch("alice", loop.time(), is_late.set)
    async with asyncio.timeout(5):
        await is_late.wait()
    assert [type(failure) for failure in failures] == [ValueError]


def test_it_serves_another_loop_after_the_first_is_gone() -> None:
    deadlines = Deadlines(every=0.02)

    async def waits() -> None:
        is_late = asyncio.Event()
        deadlines.watch("alice", asyncio.get_running_loop().time() + 0.01, is_late.set)
        async with asyncio.timeout(5):
            await is_late.wait()

    async def leaves() -> None:
        deadlines.watch("bob", asyncio.get_running_loop().time() + 60, lambda: None)

    asyncio.run(leaves())
    asyncio.run(waits())
