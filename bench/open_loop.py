"""Requests that come when people come: `python -m bench.open_loop HOST PORT FILE RATE SECONDS`.

An open loop. Requests are due at times by chance (a Poisson process), whether or not those before are
answered; each takes an idle connection or waits for one, and its latency counts from when it was due. Once a
millisecond everything that is due is sent and every answer taken, so nothing is rounded in our favour and
little of the processor is taken from the server. Prints what bench/wrk.py reads.
"""

import gc
import json
import random
import re
import select
import socket
import sys
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from functools import lru_cache
from itertools import cycle
from pathlib import Path

CONNECTIONS = 128
TICK = 0.001  # seconds
LINGER = 10.0  # seconds for the last answers; what is not there by then counts as broken
AT_ONCE = 65_536  # bytes
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CLOSING = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


class Connection:
    """One connection, with one request under way at most."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect_ex(address)
        self.is_made = False
        self.read = b""
        self.kind, self.due = "", 0.0

    def ask(self, kind: str, raw: bytes, due: float) -> None:
        """Send a request; a kernel takes at least so little at once from who waits for each answer."""
        self.kind, self.due = kind, due
        self.socket.send(raw)

    def receive(self) -> bytes:
        """Take what is there; nothing if the other side has closed."""
        try:
            return self.socket.recv(AT_ONCE)
        except ConnectionError:
            return b""


@lru_cache
def framed(head: bytes) -> tuple[int | None, bool]:
    """Tell how long a body is (None: it comes in chunks), and whether the connection closes after it."""
    length = LENGTH.search(head)
    is_closing = CLOSING.search(head) is not None
    return int(length[1]) if length else None if CHUNKED.search(head) else 0, is_closing


def whole(read: bytes) -> tuple[bool, bool]:
    """Tell whether an answer has come to its end, and whether the connection closes after it."""
    end = read.find(b"\r\n\r\n")
    if end < 0:
        return False, False
    length, is_closing = framed(read[:end])
    if length is None:
        return read.endswith(b"\r\n0\r\n\r\n"), is_closing
    return len(read) >= end + 4 + length, is_closing


class Load:
    """What is sent, and what has come back; latencies in tenths of a millisecond."""

    def __init__(self, host: str, port: int, requests: list[tuple[str, bytes]], rate: float) -> None:
        self.address, self.rate = (host, port), rate
        self.requests = cycle(requests)
        self.latencies: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self.errors: Counter[str] = Counter()
        self.epoll = select.epoll()
        self.connections: dict[int, Connection] = {}
        self.idle: deque[Connection] = deque()
        self.waiting: deque[tuple[str, bytes, float]] = deque()
        self.sent = self.done = 0

    def run(self, seconds: float) -> None:
        """Send for so long, then wait for the last answers."""
        for _ in range(CONNECTIONS):
            self.connect()
        while len(self.idle) < CONNECTIONS:
            self.take(self.epoll.poll())
        due = began = time.monotonic()
        end = began + seconds
        while due < end:
            now = time.monotonic()
            while due < min(now, end):
                self.sent += 1
                self.send(*next(self.requests), due)
                due += random.expovariate(self.rate)
            self.take(self.epoll.poll(0))
            time.sleep(TICK)
        while self.done < self.sent and time.monotonic() < end + LINGER:
            self.take(self.epoll.poll(TICK))

    def send(self, kind: str, raw: bytes, due: float) -> None:
        """Use the connection that has rested longest: they lead to several processes."""
        if self.idle:
            self.idle.popleft().ask(kind, raw, due)
        else:
            self.waiting.append((kind, raw, due))

    def connect(self) -> None:
        connection = Connection(self.address)
        self.connections[connection.socket.fileno()] = connection
        self.epoll.register(connection.socket, select.EPOLLOUT)

    def take(self, events: list[tuple[int, int]]) -> None:
        """Handle what became of connections, as of now."""
        for number, event in events:
            connection = self.connections[number]
            if not connection.is_made and not event & (select.EPOLLERR | select.EPOLLHUP):
                connection.is_made = True
                self.epoll.modify(number, select.EPOLLIN)
                self.free(connection)
            elif read := connection.receive():
                self.receive(connection, connection.read + read)
            else:
                self.lose(number, connection)

    def receive(self, connection: Connection, read: bytes) -> None:
        is_whole, is_closing = whole(read)
        if not is_whole:
            connection.read = read
            return
        connection.read = b""
        self.answered(connection, int(read[9:12]))
        if is_closing:
            self.lose(connection.socket.fileno(), connection)  # as servers do after some thousand requests
        else:
            self.free(connection)

    def free(self, connection: Connection) -> None:
        if self.waiting:
            connection.ask(*self.waiting.popleft())
        else:
            self.idle.append(connection)

    def answered(self, connection: Connection, status: int) -> None:
        self.done += 1
        self.latencies[connection.kind][int((time.monotonic() - connection.due) * 10_000)] += 1
        if status >= 400:
            self.errors[f"{connection.kind} {status}"] += 1

    def lose(self, number: int, connection: Connection) -> None:
        """Close a connection and make another."""
        del self.connections[number]
        if connection in self.idle:
            self.idle.remove(connection)
        connection.socket.close()
        self.connect()

    def report(self, seconds: float) -> None:
        """Print how many, how long, and what was refused."""
        totals = {"requests": self.done, "seconds": seconds, "refused": self.errors.total()}
        print(f"bench {json.dumps({**totals, 'broken': self.sent - self.done, 'rounds': 0})}")
        for kind, counts in self.latencies.items():
            for bucket, number in counts.items():
                print("latencies", kind, bucket, number)
        for key, number in self.errors.items():
            print("errors", key, number)


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
    load.run(float(seconds))
    load.report(float(seconds))


if __name__ == "__main__":
    main()
