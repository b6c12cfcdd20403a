"""Many waits that hardly ever last too long, and one timer for all of them.

A timer of its own for each would cost the event loop more than most of what it guards: every form needs two.
"""

import asyncio
from collections.abc import Callable, Hashable


class Deadlines:
    """Calls back for what is late, up to `every` seconds after it was due."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._waits: dict[Hashable, tuple[float, Callable[[], object]]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def watch(self, wait: Hashable, due: float, expire: Callable[[], object]) -> None:
        """Call `expire` once the loop's time has reached `due`, unless `wait` is forgotten by then."""
        self._waits[wait] = due, expire
        loop = asyncio.get_running_loop()
        if self._loop is not loop:  # nobody looks yet, or in a loop that is gone
            self._loop = loop
            loop.call_later(self._every, self._look)

    def forget(self, wait: Hashable) -> None:
        """Take a wait as over."""
        self._waits.pop(wait, None)

    def _look(self) -> None:
        loop, self._loop = asyncio.get_running_loop(), None
        now = loop.time()
        try:
            for wait, (due, expire) in list(self._waits.items()):
                if due <= now and wait in self._waits:  # one before may have forgotten it
                    del self._waits[wait]
                    expire()
        finally:
            if self._waits:
                self._loop = loop
                loop.call_later(self._every, self._look)
