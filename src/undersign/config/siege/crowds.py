"""Many visitors at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

# People who wait cost nothing, so many may; how many requests are under way the client decides.
AT_ONCE = 4_000
Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


async def each(items: Iterable[Item], act: Callable[[Item], Awaitable[Outcome]]) -> Sequence[Outcome]:
    """Have every item act, thousands at a time, and give what became of each, in no order."""
    waiting, outcomes = iter(items), list[Outcome]()

    async def take_turns() -> None:
        for item in waiting:
            outcomes.append(await act(item))

    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(take_turns())
    return outcomes
