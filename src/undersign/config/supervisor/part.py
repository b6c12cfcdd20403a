"""One part: a child process that is started, listened to, started again when it crashes, and stopped."""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from undersign.config.supervisor.log import MergedLog
from undersign.foundation.child_process import ending_with_parent

LONGEST_LINE = 1 << 20  # bytes; a longer one is cut
LONGEST_PAUSE = 30  # seconds between two attempts to start
LIVED_WELL = 60  # seconds after which a crash counts as the first again


@dataclass(frozen=True)
class Part:
    """What to run: its name in the log, its command, and how many seconds it may take to end."""

    name: str
    command: Sequence[str]
    grace: float = 30


class RunningPart:
    """A part while we look after it.

    `subprocess` and not asyncio's own: that one tells of a process's end only when everybody who holds its
    output has ended too, and what a killed server leaves behind holds it.
    """

    def __init__(self, part: Part, log: MergedLog, environment: Mapping[str, str]) -> None:
        self.part = part
        self._log = log
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._has_ended: asyncio.Future[int] | None = None
        self._is_stopping = asyncio.Event()

    async def run_once(self) -> int:
        """Run the part to its end and return its exit status."""
        process = self._process = self._launch()
        self._has_ended = asyncio.ensure_future(asyncio.to_thread(process.wait))
        listening = asyncio.create_task(self._listen(process))
        status = await asyncio.shield(self._has_ended)
        self._end_group(process.pid)
        await listening
        return status

    async def keep_running(self) -> None:
        """Run the part until `stop`, starting it again with a growing pause whenever it ends by itself."""
        failures = 0
        while not self._is_stopping.is_set():
            began = time.monotonic()
            status = await self.run_once()
            if self._is_stopping.is_set():
                return
            failures = 1 if time.monotonic() - began > LIVED_WELL else failures + 1
            pause = min(2 ** (failures - 1), LONGEST_PAUSE)
            self._say(f"{self.part.name} {ending(status)}; starting it again in {pause} s.")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_stopping.wait(), pause)

    async def stop(self, hurry: asyncio.Event) -> None:
        """Ask the part to end and wait until it has. `hurry` or the end of its grace kills it."""
        self._is_stopping.set()
        if self._process is None or self._has_ended is None or self._has_ended.done():
            return
        self._process.terminate()
        hurried = asyncio.create_task(hurry.wait())
        either: list[asyncio.Future[Any]] = [self._has_ended, hurried]
        await asyncio.wait(either, timeout=self.part.grace, return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        if not self._has_ended.done():
            self._say(f"{self.part.name} did not end in time and is killed.")
            self._end_group(self._process.pid)
        await self._has_ended

    def _launch(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.part.command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us; we stop the parts in their order
            preexec_fn=ending_with_parent(signal.SIGTERM),  # noqa: PLW1509 it makes one system call
        )

    async def _listen(self, process: subprocess.Popen[bytes]) -> None:
        """Copy what the part says into the log, line by line."""
        output = asyncio.StreamReader(limit=LONGEST_LINE)
        pipe, _protocol = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(output), process.stdout
        )
        with contextlib.closing(pipe):
            while line := await next_line(output):
                self._log.write(self.part.name, line.decode(errors="replace"))

    def _end_group(self, pid: int) -> None:
        """Kill whatever the part has started and left behind."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)

    def _say(self, text: str) -> None:
        self._log.write("undersign", text)


async def next_line(output: asyncio.StreamReader) -> bytes:
    """Read a line; at the end of the output there is none."""
    try:
        return await output.readline()
    except ValueError:  # longer than LONGEST_LINE; asyncio has dropped it
        return b"(a line too long to show)"


def ending(status: int) -> str:
    """Say how a process ended, from the status that `wait` gave."""
    if status >= 0:
        return f"ended with status {status}"
    return f"was ended by {signal.Signals(-status).name}"
