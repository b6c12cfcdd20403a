"""A connection that is given up while it is being made."""

import asyncio
from contextlib import suppress

import pytest

from undersign.foundation.jetstream.link import task_end

pytestmark = pytest.mark.anyio


async def test_a_task_that_swallows_a_cancellation_is_cancelled_again() -> None:
    async def connect() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)
        await asyncio.sleep(3600)

    task = asyncio.create_task(connect())
    await asyncio.sleep(0)
    await task_end(task)
    assert task.cancelled()


async def test_what_a_task_ended_with_is_told() -> None:
    async def connect() -> None:
        raise OSError("no route")

    task = asyncio.create_task(connect())
    await asyncio.sleep(0)
    with pytest.raises(OSError, match="no route"):
        await task_end(task)
