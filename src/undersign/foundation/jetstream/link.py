"""A connection to the cluster that is opened in the background and comes back by itself."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

import nats.errors
import structlog
from nats.aio.client import Client
from nats.js import JetStreamContext

from undersign.foundation.jetstream.address import StreamAddress
from undersign.foundation.jetstream.streams import streams_ensure

logger = structlog.get_logger(__name__)

API_TIMEOUT = 3.0  # seconds for the cluster to answer a question about a stream
RETRY = 0.5  # seconds between two servers that are tried, and between two tries to make the streams


def connect_options(address: StreamAddress) -> dict[str, Any]:
    """Give nats-py what an address says."""
    login = {"user": address.user, "password": address.password} if address.password else {}
    token = {"token": address.user} if address.user and not address.password else {}
    scheme = "tls" if address.is_tls else "nats"
    return {
        "servers": [f"{scheme}://{server}" for server in address.servers],
        "tls": address.tls_context(),
        "name": "undersign",
        "connect_timeout": 2,
        "reconnect_time_wait": RETRY,
        "ping_interval": 5,  # a server that says nothing for two of them is left
        **login,
        **token,
    }


class Link:
    """One process's connection; use it as an asynchronous context manager. Entering it waits for nobody."""

    def __init__(self, address: StreamAddress) -> None:
        self._address = address
        self._client = Client()
        self._stream = JetStreamContext(self._client, timeout=API_TIMEOUT)
        self._opening: asyncio.Task[None] | None = None
        self._is_open = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._opening = asyncio.create_task(self._open())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._opening is not None:
            await task_end(self._opening)
        await _close(self._client)

    async def stream(self, *, until: float) -> JetStreamContext:
        """Give the cluster, once it has been reached. Raises TimeoutError at the loop time `until`."""
        async with asyncio.timeout_at(until):
            await self._is_open.wait()
        return self._stream

    async def _open(self) -> None:
        await self._client.connect(
            **connect_options(self._address),
            max_reconnect_attempts=-1,
            error_cb=_failed,
            disconnected_cb=_lost,
            reconnected_cb=_back,
        )
        while not self._is_open.is_set():
            try:
                await streams_ensure(self._stream, self._address)
                self._is_open.set()
            except nats.errors.Error as error:
                logger.warning("stream.not_ready", problem=type(error).__name__)
                await asyncio.sleep(RETRY)


async def task_end(task: asyncio.Task[None]) -> None:
    """Cancel a task, again where it did not hear, and raise what else it ended with.

    Before Python 3.12 `asyncio.wait_for`, with which nats-py connects, now and then swallows a cancellation;
    nats-py would go on trying servers for ever.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=RETRY)
    with contextlib.suppress(asyncio.CancelledError):
        task.result()


async def _failed(error: Exception) -> None:
    logger.info("stream.server_failed", problem=type(error).__name__)


async def _silent(_error: Exception) -> None:
    """Say nothing: whoever asks gets the error."""


async def _lost() -> None:
    logger.warning("stream.disconnected")


async def _back() -> None:
    logger.info("stream.reconnected")


async def _close(client: Client) -> None:
    """Close, but not for ever: after a TLS handshake that failed nats-py waits for an answer."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(API_TIMEOUT):
            await client.close()


@asynccontextmanager
async def stream_open(address: StreamAddress) -> AsyncIterator[JetStreamContext]:
    """Connect for one question. Raises nats.errors.Error or OSError where no server answers."""
    client = Client()
    try:
        async with asyncio.timeout(API_TIMEOUT):
            await client.connect(**connect_options(address), allow_reconnect=False, error_cb=_silent)
        yield JetStreamContext(client, timeout=API_TIMEOUT)
    finally:
        await _close(client)
