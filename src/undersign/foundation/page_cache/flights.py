import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class TooManyFlights(Exception):
    """More distinct keys are under way than allowed."""


class Flights(Generic[Result]):
    """Runs one task for each key however many wait for it; a waiter that leaves does not stop it."""

    def __init__(self, run: Callable[[str], Awaitable[Result]], *, max_flights: int) -> None:
        self._run = run
        self._max_flights = max_flights
        self._tasks: dict[str, asyncio.Task[Result]] = {}

    def start(self, key: str) -> asyncio.Task[Result]:
        """Return the task under way for `key`, or begin one. Raises `TooManyFlights`."""
        task = self._tasks.get(key)
        if task is None:
            if len(self._tasks) >= self._max_flights:
                raise TooManyFlights
            task = self._tasks[key] = asyncio.create_task(self._fly(key))
            task.add_done_callback(_retrieve)
        return task

    async def join(self, key: str, *, max_wait: float) -> Result:
        """Return the result for `key`. Raises what the run raises, `TimeoutError` or `TooManyFlights`."""
        return await asyncio.wait_for(asyncio.shield(self.start(key)), max_wait)

    async def close(self) -> None:
        """Cancel what is under way."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _fly(self, key: str) -> Result:
        try:
            return await self._run(key)
        finally:
            del self._tasks[key]


def _retrieve(task: asyncio.Task[Result]) -> None:
    """Look at the outcome, so that a failure nobody waited for is no warning."""
    if not task.cancelled():
        task.exception()
