"""One case: the crowd begins, something breaks, the crowd rests, everything is counted."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

from bench.drill.crowd import Crowd
from bench.drill.instance import Instance
from bench.drill.journal import Journal
from bench.drill.mailhouse import MailHouse
from bench.drill.reckoning import reckon
from bench.drill.visitors import PETITION, address_new, form_of
from bench.results import commit

WARM_UP = 3.0  # seconds of undisturbed signing before and after


@dataclass
class Scene:
    """What a case works with. `also` is what it wants to tell besides the reckoning."""

    instance: Instance
    house: MailHouse
    crowd: Crowd
    journal: Journal
    is_short: bool
    memory: list[int]
    """What the largest web process had, second by second, in MB."""
    also: dict[str, Any] = field(default_factory=dict)
    mails_may_double: int = 0
    is_as_designed: bool = True

    _mends: list[Callable[[], object]] = field(default_factory=list)

    def on_end(self, mend: Callable[[], object]) -> None:
        """Name what mends the damage; it is done at the latest when the case is over."""
        self._mends.append(mend)

    def mend(self) -> None:
        while self._mends:
            self._mends.pop()()

    def signs(self) -> bool:
        """Say whether somebody's form is taken."""
        visitor = self.crowd.visitor()
        try:
            return visitor.sign(form_of(visitor.read(PETITION)), address_new("again")) == 303
        except (OSError, HTTPException):
            return False
        finally:
            visitor.leave()

    def require(self, is_so: bool, what: str) -> None:
        """Fail the case with a sentence unless something is so; it is played on all the same."""
        if not is_so:
            self.is_as_designed = False
            self.also.setdefault("failed", []).append(what)

    def lasting(self, long: float, short: float) -> float:
        """Choose a duration in seconds."""
        return short if self.is_short else long


@dataclass(frozen=True)
class Case:
    """`play` does the damage. `where` makes the instance; cases with the same one share it."""

    play: Callable[[Scene], None]
    where: str = "usual"
    pace: float = 60.0
    signers: int = 24
    settle: float = 200.0
    """Seconds that mails and counts may take afterwards."""
    is_short: bool = False
    before: int = 0
    """Seconds before the case begins that rows may say they are from; nothing else happens in them."""


@dataclass(frozen=True)
class Stage:
    """Where the journals lie, and the mail server."""

    directory: Path
    house: MailHouse
    is_short: bool

    def run(self, name: str, case: Case, instance: Instance) -> dict[str, Any]:
        """Play a case and return its entry in the results."""
        time.sleep(case.before)
        began, began_at = time.monotonic(), time.time_ns() // 1_000_000 - case.before * 1000
        journal = Journal(self.directory / f"{name}.jsonl")
        crowd = Crowd(instance, self.house, journal, case=name, pace=case.pace, signers=case.signers)
        with measuring_memory(instance) as memory:
            scene = Scene(instance, self.house, crowd, journal, self.is_short, memory)
            with crowd:
                time.sleep(WARM_UP)
                try:
                    case.play(scene)
                finally:
                    scene.mend()
                time.sleep(WARM_UP)
                crowd.rest()
            result = reckon(
                instance, journal, self.house, began_at=began_at, patience=scene.lasting(case.settle, 10)
            )
        journal.close()
        scene.require(self.is_short or result.also["mails_waiting"] == 0, "every mail that is due has left")
        return {
            "name": name,
            "passed": result.is_passed(mails_may_double=scene.mails_may_double) and scene.is_as_designed,
            "acknowledged": result.acknowledged,
            "lost": result.lost,
            "doubled": result.doubled,
            "seconds_down": result.seconds_down,
            **result.also,
            "web_memory_mb": {"before": memory[0], "most": max(memory), "after": memory[-1]},
            "seconds": round(time.monotonic() - began, 1),
            "load_average": round(os.getloadavg()[0], 1),
            "commit": commit(),
            **scene.also,
        }


@contextmanager
def measuring_memory(instance: Instance) -> Iterator[list[int]]:
    """Look once a second how large the largest web process is, in MB."""
    sizes, is_over = [instance.memory()], threading.Event()

    def look() -> None:
        while not is_over.wait(1):
            sizes.append(instance.memory())

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield sizes
    finally:
        is_over.set()
        looking.join()
