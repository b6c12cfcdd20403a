"""How slowly somebody may send a form."""

import asyncio
from typing import Final

from starlette.types import Message, Receive

GRACE: Final = 15.0  # seconds
SLOWEST: Final = 4096  # bytes a second, on average over the whole body once the grace is over


class PacedBody:
    """`receive` for one request, which gives up on a body that trickles in.

    A client that sends a byte now and then (a slow loris) would hold its request for ever. It is taken for
    one that has left. After the body nothing is timed any more: then `receive` waits for the client's end.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._received = 0
        self._is_whole = False
        self._began = asyncio.get_running_loop().time()

    async def __call__(self) -> Message:
        """Give the next part of the body, or say that the client is gone."""
        if self._is_whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._began + GRACE + self._received / SLOWEST):
                message = await self._receive()
        except TimeoutError:
            return {"type": "http.disconnect"}
        self._received += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        return message
