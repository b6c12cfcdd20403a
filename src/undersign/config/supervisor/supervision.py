"""Prepare, run and stop everything in order."""

import asyncio
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from undersign.config.supervisor.database import keep_database_running
from undersign.config.supervisor.log import MergedLog
from undersign.config.supervisor.part import Part, RunningPart, ending
from undersign.config.supervisor.readiness import wait_until_ready
from undersign.foundation.postgres import EmbeddedServer


class PreparationFailed(Exception):
    """A step that comes before serving ended with an error; the log has what it said."""


class Supervision:
    """The parts of one instance, from the first preparation to the last one's end.

    `parts` are stopped in their order, then the database, which the caller starts and stops.
    """

    def __init__(
        self,
        *,
        parts: Sequence[Part],
        server: EmbeddedServer | None,
        environment: Mapping[str, str],
        log: MergedLog,
    ) -> None:
        self._environment = {**os.environ, "PYTHONUNBUFFERED": "1", **environment}
        self._log = log
        self._server = server
        self._parts = [RunningPart(part, log, self._environment) for part in parts]
        self._is_stopping = asyncio.Event()
        self._hurry = asyncio.Event()

    async def prepare(self, steps: Sequence[Part]) -> None:
        """Run steps one after the other; raises PreparationFailed. A signal ends the one that runs."""
        for step in steps:
            if self._is_stopping.is_set():
                return
            running = RunningPart(step, self._log, self._environment)
            stopping = asyncio.create_task(self._stop_when_asked(running))
            status = await running.run_once()
            stopping.cancel()
            if status and not self._is_stopping.is_set():
                message = f"Preparing ended early: “{step.name}” {ending(status)}. Nothing is served."
                raise PreparationFailed(message)

    async def serve(self, *, ready_url: str, announce: Callable[[], None]) -> None:
        """Keep every part running until a signal comes, then stop them in order."""
        if self._is_stopping.is_set():
            return
        running = [asyncio.create_task(part.keep_running()) for part in self._parts]
        looking = [asyncio.create_task(self._announce_when_ready(ready_url, announce))]
        if self._server is not None:
            looking.append(asyncio.create_task(keep_database_running(self._server, self._log)))
        await self._until_asked([*running, *looking])
        self._log.write("undersign", "Stopping. Press Ctrl-C again to stop at once.")
        for part in self._parts:
            await part.stop(self._hurry)
        for task in looking:
            task.cancel()
        for outcome in await asyncio.gather(*running, *looking, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome

    def listen_for_signals(self) -> None:
        """Let the first Ctrl-C, SIGTERM or lost terminal stop everything cleanly, and the second at once."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._on_signal)

    def _on_signal(self) -> None:
        if self._is_stopping.is_set():
            self._hurry.set()
        self._is_stopping.set()

    async def _until_asked(self, tasks: Sequence[asyncio.Task[None]]) -> None:
        """Wait for a signal, or for a task of ours to fail: then nothing looks after its part any more."""
        asked = asyncio.create_task(self._is_stopping.wait())
        watched: set[asyncio.Task[Any]] = {asked, *tasks}
        while not asked.done():
            done, watched = await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
            if any(task.exception() for task in done):
                self._is_stopping.set()

    async def _stop_when_asked(self, running: RunningPart) -> None:
        await self._is_stopping.wait()
        await running.stop(self._hurry)

    async def _announce_when_ready(self, ready_url: str, announce: Callable[[], None]) -> None:
        await wait_until_ready(ready_url)
        if not self._is_stopping.is_set():
            announce()
