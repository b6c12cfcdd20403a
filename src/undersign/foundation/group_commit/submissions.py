import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from undersign.foundation.deadlines import Deadlines
from undersign.foundation.group_commit.batches import BatchWriter, Item, Outcome, Refusal, Write
from undersign.foundation.group_commit.breaker import Breaker, NoBreaker
from undersign.foundation.group_commit.connections import Pool
from undersign.foundation.group_commit.errors import Closing, DatabaseAway, QueueFull
from undersign.foundation.group_commit.limits import Limits

LOOK_EVERY = 0.25  # seconds

Asked_contra = TypeVar("Asked_contra", contravariant=True)
Answered_co = TypeVar("Answered_co", covariant=True)


class Watch(Protocol):
    """Hears of every flush; `metrics.CommitWatch` is one."""

    def flushed(self, *, size: int, seconds: float, waiting: int) -> None:
        """Note that `size` items took `seconds` to commit and how many were `waiting` when it began."""


class Settle(Protocol[Asked_contra, Answered_co]):
    """Makes a batch durable; `BatchWriter.settle` is one."""

    async def __call__(
        self, items: Sequence[Asked_contra], /, *, until: float
    ) -> Sequence[Answered_co | Refusal]:
        """Return one result for each item, in their order; stop trying at the loop time `until`."""


class Gathering(Generic[Item, Outcome]):
    """Collects what concurrent requests submit and has it settled in batches.

    `sort_key` orders the items of every batch. Belongs to one event loop; use it as an asynchronous context
    manager.
    """

    def __init__(
        self,
        settle: Settle[Item, Outcome],
        *,
        sort_key: Callable[[Item], Any],
        limits: Limits,
        breaker: Breaker | NoBreaker,
        watch: Watch | None = None,
    ) -> None:
        self._limits = limits
        self._settle = settle
        self._sort_key = sort_key
        self._watch = watch
        self._breaker = breaker
        self._waiting: OrderedDict[asyncio.Future[Outcome], tuple[Any, Item]] = OrderedDict()
        self._arrived = asyncio.Event()
        self._deadlines = Deadlines(every=min(LOOK_EVERY, limits.submit_timeout / 4))
        self._at_work = 0
        self._pause: asyncio.TimerHandle | None = None
        self._is_closing = False
        self._flushers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._flushers = [asyncio.create_task(self._flush_all()) for _ in range(self._limits.flushers)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def submit(self, item: Item) -> Outcome:
        """Return the outcome of `item` once it is committed.

        Raises `QueueFull`, `DatabaseAway` or `Closing` (all `NotAccepted`: answer 503 with their
        `retry_after`), the `psycopg.Error` or `UnicodeError` of this very row if the database refuses it,
        and `WriteFailed` if the batch fails as a whole. A submitter cancelled while its item is still
        queued takes the item back; later, the item is written all the same.
        """
        if self._is_closing:
            raise Closing
        if self._breaker.is_open:
            raise DatabaseAway
        if len(self._waiting) >= self._limits.max_queue:
            raise QueueFull
        entry = (self._sort_key(item), item)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()
        self._waiting[future] = entry
        if self._is_due():
            self._arrived.set()
        due = loop.time() + self._limits.submit_timeout
        self._deadlines.watch(future, due, partial(_expire, future))
        try:
            return await future
        except TimeoutError:
            self._breaker.trip()
            raise DatabaseAway from None
        finally:
            self._deadlines.forget(future)
            self._waiting.pop(future, None)

    async def close(self) -> None:
        """Refuse new items, finish what is queued. Takes at most about `Limits.submit_timeout` seconds."""
        self._is_closing = True
        self._arrived.set()
        await asyncio.gather(*self._flushers)
        if self._pause:
            self._pause.cancel()
        await self._breaker.close()

    async def _flush_all(self) -> None:
        while self._waiting or not self._is_closing:
            if self._is_due():
                await self._flush_one()
            else:
                self._arrived.clear()
                await self._arrived.wait()

    def _is_due(self) -> bool:
        """Tell whether a flusher should take what waits.

        While one is at work, or has begun just now, items gather: fewer, larger batches cost less.
        """
        gathers = (self._at_work or self._pause) and not self._is_closing
        enough = min(self._limits.worth_another, self._limits.max_batch) if gathers else 1
        return len(self._waiting) >= enough

    async def _flush_one(self) -> None:
        self._at_work += 1
        self._pause_begin()
        try:
            if batch := self._take():
                await self._flush(batch)
        finally:
            self._at_work -= 1
        # A pipeline that never had to wait has not let anybody else have a turn.
        await asyncio.sleep(0)

    def _pause_begin(self) -> None:
        if self._pause:
            self._pause.cancel()
        self._pause = asyncio.get_running_loop().call_later(self._limits.gather, self._pause_end)

    def _pause_end(self) -> None:
        self._pause = None
        self._arrived.set()

    def _take(self) -> list[tuple[asyncio.Future[Outcome], Item]]:
        size = min(len(self._waiting), self._limits.max_batch)
        taken = [self._waiting.popitem(last=False) for _ in range(size)]
        taken.sort(key=lambda pair: pair[1][0])
        return [(future, item) for future, (_, item) in taken if not future.done()]

    async def _flush(self, batch: Sequence[tuple[asyncio.Future[Outcome], Item]]) -> None:
        loop = asyncio.get_running_loop()
        started, waiting = loop.time(), len(self._waiting)
        until = started + self._breaker.patience(self._limits.patience)
        results = await self._settle([item for _, item in batch], until=until)
        for (future, _), result in zip(batch, results, strict=True):
            _resolve(future, result)
        self._learn(results)
        if self._watch:
            self._watch.flushed(size=len(batch), seconds=loop.time() - started, waiting=waiting)

    def _learn(self, results: Sequence[Outcome | Refusal]) -> None:
        if any(isinstance(result, Refusal) and isinstance(result.error, DatabaseAway) for result in results):
            self._breaker.trip()
            self._refuse_waiting()
        elif not all(isinstance(result, Refusal) for result in results):
            self._breaker.prove()

    def _refuse_waiting(self) -> None:
        """Let nobody else wait for what others have waited for in vain."""
        while self._waiting:
            future, _ = self._waiting.popitem(last=False)
            _resolve(future, Refusal(DatabaseAway()))


class GroupCommit(Gathering[Item, Outcome]):
    """Collects what concurrent requests submit and commits it to PostgreSQL in batches.

    `sort_key` orders the rows of every batch, so that two batches lock the same keys in the same order
    and cannot deadlock. `breaker` may be shared with other group commits on the same pool.
    """

    def __init__(
        self,
        pool: Pool,
        write: Write[Item, Outcome],
        *,
        sort_key: Callable[[Item], Any],
        limits: Limits | None = None,
        watch: Watch | None = None,
        breaker: Breaker | None = None,
    ) -> None:
        limits = limits or Limits()
        super().__init__(
            BatchWriter(pool, write, limits).settle,
            sort_key=sort_key,
            limits=limits,
            breaker=breaker or Breaker(pool),
            watch=watch,
        )


def _expire(future: asyncio.Future[Any]) -> None:
    if not future.done():
        future.set_exception(TimeoutError())


def _resolve(future: asyncio.Future[Outcome], result: Outcome | Refusal) -> None:
    if future.done():  # its submitter left
        return
    if isinstance(result, Refusal):
        future.set_exception(result.error)
    else:
        future.set_result(result)
