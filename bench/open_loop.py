"""Requests that come when people come: `python -m bench.open_loop HOST PORT FILE RATE SECONDS CONNECTIONS`.

Runs `wrk/open_loop.lua` and prints what bench/wrk.py reads. In Python alone the client took so much of the
processor that requests waited for the client (docs/decisions/0134).
"""

import secrets
import socket
import sys
import time
from pathlib import Path

from lupa.luajit21 import LuaRuntime

SCRIPTS = Path(__file__).parent / "wrk"


def dialled(host: str, port: int) -> int:
    """Make a connection and give the number of its file; whoever gets it closes it.

    Waits until it is made: who comes late for that is late, and it counts as the server's.
    """
    connection = socket.create_connection((host, port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setblocking(False)
    return connection.detach()


def main() -> None:
    host, port, file, rate, seconds, connections = sys.argv[1:]
    lua = LuaRuntime()
    prepared, run = (lua.execute((SCRIPTS / name).read_text()) for name in ("prepared.lua", "open_loop.lua"))
    said = run(
        prepared,
        file,
        int(connections),
        float(rate),
        float(seconds),
        lambda: dialled(host, int(port)),
        time.CLOCK_MONOTONIC,
        secrets.randbits(31),
    )
    print(said)


if __name__ == "__main__":
    main()
