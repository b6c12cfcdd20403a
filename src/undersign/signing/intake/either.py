import asyncio

from undersign.signing.intake.port import Intake
from undersign.signing.services.attempts import NewAttempt, Taking


class EitherIntake:
    """Hands attempts to the first intake; to the second one too where the first takes long or refuses.

    What one of them has is taken. Where both have it in the end it is still one row, by its id.
    """

    def __init__(self, first: Intake, second: Intake, *, after: float = 1.0) -> None:
        self._first, self._second = first, second
        self._after = after  # seconds

    async def submit(self, attempt: NewAttempt, /) -> Taking:
        """Return once one of the two has `attempt`. Raises what the last one to refuse raised."""
        first = asyncio.create_task(self._first.submit(attempt))
        tries = {first}
        try:
            await asyncio.wait(tries, timeout=self._after)
            if not _has_taken(first):
                tries.add(asyncio.create_task(self._second.submit(attempt)))
                return await _one_of(tries)
            return first.result()
        finally:
            for task in tries:
                task.cancel()


def _has_taken(task: asyncio.Task[Taking]) -> bool:
    return task.done() and task.exception() is None


async def _one_of(tries: set[asyncio.Task[Taking]]) -> Taking:
    """Wait until one task has taken the attempt, or give what the last one raised."""
    waiting = tries
    while True:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        taken = [task for task in done if _has_taken(task)]
        if taken or not waiting:
            return (taken or [*done])[0].result()
