"""How slowly somebody may send a form."""

import asyncio
from typing import Final

from starlette.types import Message, Receive

from undersign.foundation.deadlines import Deadlines

GRACE: Final = 15.0  # seconds
SLOWEST: Final = 4096  # bytes a second, on average over the whole body once the grace is over
LOOK_EVERY: Final = 1.0  # seconds


class PacedBody:
    """`receive` for one request, which gives up on a body that trickles in.

    A client that sends a byte now and then (a slow loris) would hold its request for ever. It is taken for
    one that has left. Once it told that the body is over, nothing is timed: it waits for the client's end.
    """

    def __init__(self, receive: Receive, deadlines: Deadlines) -> None:
        self._receive = receive
        self._deadlines = deadlines
        self._received = 0
        self._is_whole = self._is_late = False
        self._task: asyncio.Task[object] | None = None
        self._began = asyncio.get_running_loop().time()

    async def __call__(self) -> Message:
        """Give the next part of the body, or say that the client is gone."""
        if self._is_whole:
            return await self._receive()
        self._task = task = asyncio.current_task()
        assert task is not None  # noqa: S101 -- for the type checker: coroutines of a server are tasks
        cancelled, self._is_late = task.cancelling(), False
        due = self._began + GRACE + self._received / SLOWEST
        self._deadlines.watch(self, due, self._give_up)
        try:
            message = await self._receive()
        except asyncio.CancelledError:
            # As asyncio.timeout has it: if somebody else has cancelled as well, that counts.
            if self._is_late and task.uncancel() <= cancelled:
                return {"type": "http.disconnect"}
            raise
        finally:
            self._deadlines.forget(self)
        self._received += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        return message

    def _give_up(self) -> None:
        assert self._task is not None  # noqa: S101 -- for the type checker: it is watched for as long as it waits
        self._is_late = True
        self._task.cancel()
