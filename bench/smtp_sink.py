"""An SMTP server that takes every mail, in a process of its own: `python -m bench.smtp_sink`.

Prints its port, then serves until it is killed. It speaks just enough of RFC 5321, with PIPELINING (RFC
2920), to cost the machine little. Anybody may ask `XTALLY` for how many came, and when the first and the
last did (seconds, CLOCK_MONOTONIC).
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from socket import create_connection

END = b"\r\n.\r\n"
REPLIES = {
    b"EHLO": b"250-sink\r\n250-8BITMIME\r\n250 PIPELINING\r\n",
    b"HELO": b"250 sink\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


@dataclass
class Tally:
    """How many mails came, and when the first and the last of them did."""

    mails: int = 0
    first: float = 0.0
    last: float = 0.0

    def count(self) -> None:
        self.mails += 1
        self.last = time.monotonic()
        self.first = self.first or self.last


class Connection(asyncio.Protocol):
    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.waiting = b""
        self.is_in_text = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        replies = b"".join(self.answers())
        if replies:
            self.transport.write(replies)

    def answers(self) -> Iterator[bytes]:
        """Answer every whole command, and every whole text, that has come in."""
        while (END if self.is_in_text else b"\r\n") in self.waiting:
            if self.is_in_text:
                _text, _, self.waiting = self.waiting.partition(END)
                self.is_in_text = False
                self.tally.count()
                yield b"250 taken\r\n"
            else:
                line, _, self.waiting = self.waiting.partition(b"\r\n")
                yield self.answer(line[:4].upper(), line)

    def answer(self, verb: bytes, line: bytes) -> bytes:
        self.is_in_text = verb == b"DATA"
        if line.upper() == b"XTALLY":
            return b"250 %d %.6f %.6f\r\n" % (self.tally.mails, self.tally.first, self.tally.last)
        return REPLIES.get(verb, b"250 OK\r\n")


@dataclass(frozen=True)
class Sink:
    """A running sink, as whoever started it sees it."""

    port: int

    def tally(self) -> Tally:
        with create_connection(("127.0.0.1", self.port)) as connection, connection.makefile("rwb") as stream:
            stream.readline()
            stream.write(b"XTALLY\r\n")
            stream.flush()
            _, mails, first, last = stream.readline().split()
        return Tally(int(mails), float(first), float(last))


@contextmanager
def sinking() -> Iterator[Sink]:
    """Run a sink in a process of its own."""
    command = [sys.executable, "-m", "bench.smtp_sink"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield Sink(int(process.stdout.readline()))
        finally:
            process.kill()


def main() -> None:
    asyncio.run(serve())


async def serve() -> None:
    tally = Tally()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(tally), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    main()
