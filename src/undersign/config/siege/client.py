"""A small HTTP client: many visitors on few connections, each coming from a network of its own."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlencode, urlsplit

PATIENCE = 60  # seconds for one answer
IDLE_FOR = 10  # seconds; the site closes what is idle for 15
_Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `location` is empty unless it leads elsewhere."""

    status: int
    location: str
    body: str


class Client:
    """Sends requests to one site, at most `most` at a time."""

    def __init__(self, url: str, *, most: int) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._idle: list[tuple[_Pair, float]] = []
        self._turn = asyncio.Semaphore(most)

    async def get(self, path: str, *, forwarded: str) -> Answer:
        """GET a path; `forwarded` is X-Forwarded-For as the proxy in front would write it."""
        return await self._send("GET", path, forwarded, b"")

    async def post(self, path: str, values: Mapping[str, str], *, forwarded: str) -> Answer:
        """POST a form."""
        return await self._send("POST", path, forwarded, urlencode(values).encode())

    async def close(self) -> None:
        """Close what is open."""
        for (_reader, writer), _since in self._idle:
            writer.close()
        self._idle.clear()

    async def _send(self, method: str, path: str, forwarded: str, body: bytes) -> Answer:
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
            f"X-Forwarded-For: {forwarded}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        )
        async with self._turn, asyncio.timeout(PATIENCE), self._connection() as (reader, writer):
            writer.write(head.encode() + body)
            return await _read(reader)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[_Pair]:
        pair = self._kept() or await asyncio.open_connection(self._host, self._port)
        try:
            yield pair
        except BaseException:
            pair[1].close()
            raise
        self._idle.append((pair, monotonic()))

    def _kept(self) -> _Pair | None:
        """Find a connection that the site has not closed, nor is about to."""
        while self._idle:
            pair, since = self._idle.pop()
            if monotonic() - since < IDLE_FOR:
                return pair
            pair[1].close()
        return None


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status, *lines = head.split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if fields.get("transfer-encoding", "") == "chunked":
        body = await _chunks(reader)
    else:
        body = await reader.readexactly(int(fields.get("content-length", 0)))
    return Answer(int(status.split(" ")[1]), fields.get("location", ""), body.decode(errors="replace"))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while size := int(await reader.readline(), 16):
        parts.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(parts)
