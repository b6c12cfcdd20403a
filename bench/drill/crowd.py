"""Many visitors at once, for as long as a case lasts."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from queue import Empty
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bench.drill.instance import Instance, wait_until
from bench.drill.journal import Journal
from bench.drill.mailhouse import MailHouse
from bench.drill.visitors import PETITION, Visitor, address_new, form_of

if TYPE_CHECKING:
    from collections.abc import Callable

CONFIRMERS, WATCHERS = 8, 4
CHANGED = 409  # the text is another one than the form came with
CONFIRM_AGAIN = 1.0  # seconds after which somebody presses the button again
TRY_AGAIN = 0.2  # seconds after which somebody else comes where nobody was answered


class Pace:
    """Deals out the instants at which something begins, so many a second; 0 is as fast as it goes."""

    def __init__(self, per_second: float) -> None:
        self._step = 1 / per_second if per_second else 0.0
        self._next = time.monotonic()
        self._lock = threading.Lock()

    def wait(self) -> None:
        with self._lock:
            at = self._next = max(self._next + self._step, time.monotonic() - 1)
        time.sleep(max(0.0, at - time.monotonic()))


class Crowd:
    """Signs at a pace, confirms what comes by mail, and watches the page and the count."""

    def __init__(
        self, instance: Instance, house: MailHouse, journal: Journal, *, case: str, pace: float, signers: int
    ) -> None:
        nodes = [instance, *([instance.other] if instance.other else [])]
        self.ports = (instance.front,) if instance.front else tuple(node.port for node in nodes)
        self._house, self._journal, self._case = house, journal, case
        self._pace, self._watching = Pace(pace), Pace(20)
        self._signers = signers
        self._is_signing, self._is_over = threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []
        self._under_way: set[int] = set()
        self.address: Callable[[], str] = lambda: address_new(case)

    @property
    def size(self) -> int:
        """How many people there are, each of whom does one thing at a time."""
        return self._signers + CONFIRMERS + WATCHERS

    def __enter__(self) -> Self:
        self._is_signing.set()
        self._journal.write("began")
        form = self._form_shown()
        jobs = [lambda: self._sign(form)] * self._signers + [self._confirm] * CONFIRMERS
        for job in [*jobs, *([self._watch] * WATCHERS)]:
            self._threads.append(threading.Thread(target=job, daemon=True))
            self._threads[-1].start()
        return self

    def _form_shown(self) -> dict[str, str]:
        """Read the form, as soon as a site that has just been started shows it."""
        visitor = Visitor(self._journal, self.ports)
        wait_until(lambda: "text_version" in form_of(visitor.read(PETITION)), "the petition's form")
        return form_of(visitor.read(PETITION))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_signing.clear()
        self._is_over.set()
        for thread in self._threads:
            thread.join(60)

    def rest(self) -> None:
        """Stop signing; who has a link still confirms, and the watchers stay."""
        self._journal.write("rested")
        self._is_signing.clear()

    def forms_under_way(self) -> int:
        """Say how many people wait for an answer to their form."""
        return len(self._under_way)

    def visitor(self) -> Visitor:
        return Visitor(self._journal, self.ports)

    def _sign(self, form: dict[str, str]) -> None:
        visitor = self.visitor()
        while self._is_signing.is_set():
            self._pace.wait()
            try:
                with self._waiting(visitor):
                    status = visitor.sign(form, self.address())
                if status == CHANGED:
                    form = form_of(visitor.read(PETITION))
            except (OSError, HTTPException):
                time.sleep(TRY_AGAIN)
        visitor.leave()

    @contextmanager
    def _waiting(self, visitor: Visitor) -> Iterator[None]:
        self._under_way.add(id(visitor))
        try:
            yield
        finally:
            self._under_way.discard(id(visitor))

    def _confirm(self) -> None:
        visitor = self.visitor()
        while not self._is_over.is_set():
            with suppress(Empty):
                self._confirm_one(visitor, self._house.links.get(timeout=0.2))
        visitor.leave()

    def _confirm_one(self, visitor: Visitor, link: str) -> None:
        with suppress(OSError, HTTPException):
            if visitor.confirm(link) < 500:
                return
        self._is_over.wait(CONFIRM_AGAIN)
        self._house.links.put(link)

    def _watch(self) -> None:
        visitor = self.visitor()
        while not self._is_over.is_set():
            for path in (PETITION, f"{PETITION}count.json"):
                self._watching.wait()
                with suppress(OSError, HTTPException):
                    visitor.read(path)
        visitor.leave()
