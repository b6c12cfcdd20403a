"""Requests that come when people come: `python -m bench.open_loop HOST PORT FILE RATE SECONDS`.

An open loop. Requests are due at times by chance (a Poisson process), whether or not those before are
answered; each takes an idle connection, or a new one, and its latency counts from when it was due. Times
are looked at every millisecond, and never rounded in our favour. Prints what bench/wrk.py reads.
"""

import asyncio
import gc
import json
import random
import re
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from typing import cast

import uvloop

READY, MOST_CONNECTIONS = 128, 1_000
TICK = 0.001  # seconds
LINGER = 10.0  # seconds for the last answers; what is not there by then counts as broken
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CLOSING = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


class Connection(asyncio.Protocol):
    """One connection, with one request under way at most."""

    def __init__(self, load: "Load") -> None:
        self.load = load
        self.read = b""
        self.kind, self.due = "", 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one, though no subclass

    def ask(self, kind: str, raw: bytes, due: float) -> None:
        self.kind, self.due = kind, due
        self.transport.write(raw)

    def data_received(self, data: bytes) -> None:
        self.read = self.read + data if self.read else data
        if is_whole(self.read):
            read, self.read = self.read, b""
            self.load.answered(self, int(read[9:12]))
            if CLOSING.search(read, 0, read.find(b"\r\n\r\n")):
                self.transport.close()  # as servers do after some thousand requests
            else:
                self.load.free(self)

    def connection_lost(self, _error: Exception | None) -> None:
        self.load.lost(self)


def is_whole(read: bytes) -> bool:
    """Tell whether an answer has come to its end."""
    end = read.find(b"\r\n\r\n")
    if end < 0:
        return False
    length = LENGTH.search(read, 0, end)
    if length:
        return len(read) >= end + 4 + int(length[1])
    return read.endswith(b"\r\n0\r\n\r\n") if CHUNKED.search(read, 0, end) else True


class Load:
    """What is sent, and what has come back; latencies in tenths of a millisecond."""

    def __init__(self, host: str, port: int, requests: list[tuple[str, bytes]], rate: float) -> None:
        self.address, self.rate = (host, port), rate
        self.requests = cycle(requests)
        self.latencies: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.idle: deque[Connection] = deque()
        self.waiting: deque[tuple[str, bytes, float]] = deque()
        self.connections = self.sent = self.done = 0
        self.is_over, self.all_answered = False, asyncio.Event()

    async def run(self, seconds: float) -> None:
        """Send for so long, then wait for the last answers."""
        self.connections = READY
        await asyncio.gather(*(self.connect() for _ in range(READY)))
        due = began = time.monotonic()
        while due < began + seconds:
            while due < min(time.monotonic(), began + seconds):
                self.sent += 1
                self.send(*next(self.requests), due)
                due += random.expovariate(self.rate)
            await asyncio.sleep(TICK)
        self.is_over = True
        if self.done < self.sent:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.all_answered.wait(), LINGER)

    def send(self, kind: str, raw: bytes, due: float) -> None:
        if self.idle:
            self.idle.popleft().ask(kind, raw, due)  # all in turn: they lead to several processes
            return
        self.waiting.append((kind, raw, due))
        self.connect_soon()

    def connect_soon(self) -> None:
        if self.waiting and self.connections < MOST_CONNECTIONS:
            self.connections += 1
            asyncio.get_running_loop().create_task(self.connect())

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: Connection(self), *self.address)
        self.free(connection)

    def free(self, connection: Connection) -> None:
        if self.waiting:
            connection.ask(*self.waiting.popleft())
        else:
            self.idle.append(connection)

    def answered(self, connection: Connection, status: int) -> None:
        self.done += 1
        self.latencies[f"{connection.kind} {int((time.monotonic() - connection.due) * 10_000)}"] += 1
        if status >= 400:
            self.errors[f"{connection.kind} {status}"] += 1
        if self.is_over and self.done == self.sent:
            self.all_answered.set()

    def lost(self, connection: Connection) -> None:
        self.connections -= 1
        if connection in self.idle:
            self.idle.remove(connection)
        self.connect_soon()

    def report(self, seconds: float) -> None:
        totals = {"requests": self.done, "seconds": seconds, "refused": self.errors.total()}
        print(f"bench {json.dumps({**totals, 'broken': self.sent - self.done, 'rounds': 0})}")
        for word, counts in (("latencies", self.latencies), ("errors", self.errors)):
            for key, number in counts.items():
                print(word, key, number)


def requests_read(path: Path) -> Iterator[tuple[str, bytes]]:
    """Read requests as bench/requests.py writes them: their kinds and their bytes."""
    with path.open("rb") as file:
        while head := file.readline():
            kind, size = head.decode().split()
            yield kind, file.read(int(size))


def main() -> None:
    host, port, file, rate, seconds = sys.argv[1:]
    load = Load(host, int(port), list(requests_read(Path(file))), float(rate))
    gc.disable()  # would stop us, and count as the server's
    uvloop.run(load.run(float(seconds)))
    load.report(float(seconds))


if __name__ == "__main__":
    main()
