"""Clients that hold on to connections without using them."""

import resource
import selectors
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from bench.drill.scene import Scene
from bench.drill.visitors import PETITION

IDLE, SLOW = 10_000, 300
IDLE_FOR = 5.0  # seconds; the site closes what is idle for fifteen
SOURCES = [f"127.0.0.{number}" for number in range(2, 6)]  # one has 28,000 ports at most


def idle_connections(scene: Scene) -> None:
    """Open ten thousand connections, and read the count on each now and then, so that they are kept."""
    _allow_files()
    number = int(scene.lasting(IDLE, 2000))
    with _closing([]) as connections:
        for index in range(number):
            connections.append(_connected(scene, SOURCES[index % len(SOURCES)]))
        answered = [_answered(connections) for _ in range(int(scene.lasting(4, 2)))]
        scene.also |= {"connections": number, "answered": answered, "memory_mb": scene.instance.memory()}
    scene.require(min(answered) == number, "each idle client is answered, every time")


def slow_loris(scene: Scene) -> None:
    """Send heads and bodies a byte a second, on hundreds of connections at once."""
    _allow_files()
    with _closing([]) as connections:
        for index in range(2 * SLOW):
            connections.append(_connected(scene, SOURCES[0]))
            connections[-1].sendall(_head() if index % 2 else b"GET / HTTP/1.1\r\nHost: slow.example\r\n")
        began = time.monotonic()
        _trickle(connections, lambda: time.monotonic() - began > scene.lasting(60, 25))
        scene.also |= {"connections": len(connections), "still_open": sum(map(_is_open, connections))}
    scene.require(scene.is_short or scene.also["still_open"] == 0, "every slow client is sent away")


def _trickle(connections: Sequence[socket.socket], is_over: Callable[[], bool]) -> None:
    while not is_over() and any(_is_open(connection) for connection in connections):
        for connection in connections:
            try:
                connection.sendall(b"a")
            except OSError:
                connection.close()
        time.sleep(1)


def _answered(connections: Sequence[socket.socket]) -> int:
    """Ask for the count on each connection, count the answers, and leave all alone for a while."""
    for connection in connections:
        connection.sendall(_get(f"{PETITION}count.json"))
    answers = sum(connection.recv(4096).startswith(b"HTTP/1.1 200") for connection in connections)
    time.sleep(IDLE_FOR)
    return answers


def _head() -> bytes:
    return (
        f"POST {PETITION} HTTP/1.1\r\nHost: slow.example\r\nContent-Length: 20000\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    ).encode()


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: idle.example\r\n\r\n".encode()


def _connected(scene: Scene, source: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", scene.instance.port), 10, source_address=(source, 0))


def _is_open(connection: socket.socket) -> bool:
    """Look whether the server has closed a connection; an answer that waits is read."""
    if connection.fileno() < 0:
        return False
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        if not selector.select(0):
            return True
    try:
        return bool(connection.recv(65536))
    except OSError:
        return False


@contextmanager
def _closing(connections: list[socket.socket]) -> Iterator[list[socket.socket]]:
    try:
        yield connections
    finally:
        for connection in connections:
            connection.close()


def _allow_files() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
