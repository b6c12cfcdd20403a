"""One part: a child process that is started, listened to, started again when it crashes, and stopped."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    """A part while we look after it."""

    def __init__(self, part: Part, log: MergedLog, environment: Mapping[str, str]) -> None:
        self.part = part
        self._log = log
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self._is_stopping = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The process id while the part runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def run_once(self) -> int:
        """Run the part to its end and return its exit status."""
        self._process = await asyncio.create_subprocess_exec(
            *self.part.command,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LONGEST_LINE,
            start_new_session=True,  # Ctrl-C is for us; we stop the parts in their order
            preexec_fn=ending_with_parent(signal.SIGTERM),
        )
        if self._is_stopping.is_set():  # while it was being started
            self._process.terminate()
        listening = asyncio.create_task(self._listen(self._process))
        status = await self._process.wait()
        self._end_group(self._process.pid)
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
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        waiting = [asyncio.create_task(process.wait()), asyncio.create_task(hurry.wait())]
        await asyncio.wait(waiting, timeout=self.part.grace, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        if process.returncode is None:
            self._say(f"{self.part.name} did not end in time and is killed.")
        self._end_group(process.pid)
        await process.wait()

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Copy what the part says into the log, line by line."""
        output = process.stdout
        while output is not None:
            try:
                line = await output.readline()
            except ValueError:  # longer than LONGEST_LINE; asyncio has dropped it
                line = b"(a line too long to show)"
            if not line:
                return
            self._log.write(self.part.name, line.decode(errors="replace"))

    def _end_group(self, pid: int) -> None:
        """Kill whatever the part has started and left behind."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)

    def _say(self, text: str) -> None:
        self._log.write("undersign", text)


def ending(status: int) -> str:
    """Say how a process ended, from the status that `wait` gave."""
    if status >= 0:
        return f"ended with status {status}"
    return f"was ended by {signal.Signals(-status).name}"
