"""Many waits that hardly ever last too long, and one timer for all of them.

A timer of its own for each would cost the event loop more than most of what it guards: every form needs two.
"""

import asyncio
from collections.abc import Callable, Hashable


class Deadlines:
    """Calls back for what is late, up to `every` seconds after it was due. Belongs to one event loop."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._waits: dict[Hashable, tuple[float, Callable[[], object]]] = {}
        self._look_again: asyncio.TimerHandle | None = None

    def watch(self, wait: Hashable, due: float, expire: Callable[[], object]) -> None:
        """Call `expire` once the loop's time has reached `due`, unless `wait` is forgotten by then."""
        self._waits[wait] = due, expire
        if self._look_again is None:
            self._look_again = asyncio.get_running_loop().call_later(self._every, self._look)

    def forget(self, wait: Hashable) -> None:
        """Take a wait as over."""
        self._waits.pop(wait, None)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for wait, (due, expire) in list(self._waits.items()):
            if due <= now:
                del self._waits[wait]
                expire()
        self._look_again = loop.call_later(self._every, self._look) if self._waits else None
