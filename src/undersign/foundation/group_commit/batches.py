import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

import psycopg

from undersign.foundation.group_commit.connections import Connection, Pool, afresh, pooled
from undersign.foundation.group_commit.errors import DatabaseAway, NotReady, WriteFailed
from undersign.foundation.group_commit.faults import Fault, fault_of
from undersign.foundation.group_commit.limits import Limits

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
Write: TypeAlias = Callable[[Connection, Sequence[Item]], Awaitable[Sequence[Outcome]]]

_jitter = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Refusal:
    """The error that one item gets in place of an outcome."""

    error: Exception


class BatchWriter(Generic[Item, Outcome]):
    """Writes a batch in one transaction; retries what can be cured, isolates what cannot.

    `write` must be idempotent (ids, `ON CONFLICT`): when a connection is lost during the commit the
    batch is written again without knowing whether the first commit went through. The connections of `pool`
    must be in autocommit mode: whoever writes batches begins and commits.
    """

    def __init__(self, pool: Pool, write: Write[Item, Outcome], limits: Limits) -> None:
        self._pool = pool
        self._write = write
        self._limits = limits

    async def settle(self, items: Sequence[Item], /, *, until: float) -> list[Outcome | Refusal]:
        """Commit `items` in their order and return one result for each, in the same order.

        A bad row is found by halving the batch, which costs about 2·log₂(n) transactions and leaves
        clean batches free of savepoints. `until` is the loop time at which to stop waiting for the
        database. Raises nothing but cancellation.
        """
        try:
            return list(await self._persist(items, until))
        except Exception as error:  # noqa: BLE001  whatever it is, the submitters must hear of it
            if len(items) > 1 and fault_of(error) is Fault.ROW:
                return await self._settle_halves(items, until)
            return [Refusal(_refusal(error)) for _ in items]

    async def _settle_halves(self, items: Sequence[Item], until: float) -> list[Outcome | Refusal]:
        middle = len(items) // 2
        first = await self.settle(items[:middle], until=until)
        return first + await self.settle(items[middle:], until=until)

    async def _persist(self, items: Sequence[Item], until: float) -> Sequence[Outcome]:
        tried, lend = 0, pooled
        while True:
            try:
                async with asyncio.timeout_at(until):
                    return await self._transact(items, lend(self._pool))
            except psycopg.Error as error:
                tried += 1
                await self._wait_out(error, tried, until)
                lend = afresh if fault_of(error) is Fault.AWAY else pooled

    async def _transact(
        self, items: Sequence[Item], lent: AbstractAsyncContextManager[Connection]
    ) -> Sequence[Outcome]:
        # In a pipeline BEGIN, statements whose result nobody reads, and COMMIT travel together: a round trip
        # costs this process more than writing a dozen rows. psycopg's transactions would wait for BEGIN,
        # before COMMIT and after it. Without COMMIT, whoever lent the connection rolls back or closes it.
        async with lent as connection, connection.pipeline() as pipeline:
            await connection.execute("BEGIN")
            outcomes = await self._write(connection, items)
            if len(outcomes) != len(items):
                await pipeline.sync()  # a statement may have failed that nobody has heard of yet
                message = f"write returned {len(outcomes)} outcomes for {len(items)} items"
                raise WriteFailed(message)
            await connection.execute("COMMIT")
        return outcomes

    async def _wait_out(self, error: psycopg.Error, tried: int, until: float) -> None:
        """Sleep before the next try, or raise `error` if there shall be none."""
        fault = fault_of(error)
        if fault is Fault.CONFLICT and tried < self._limits.conflict_tries:
            return await asyncio.sleep(_jitter.uniform(0, 0.005 * 2**tried))
        if fault is Fault.AWAY and asyncio.get_running_loop().time() < until:
            return await asyncio.sleep(_jitter.uniform(0, min(0.5, 0.02 * 2**tried)))
        raise error


def _refusal(error: Exception) -> Exception:
    """Make the exception for one submitter: its own instance, so that tracebacks do not pile up."""
    fault = fault_of(error)
    if fault is Fault.ROW:
        return error
    away = isinstance(error, TimeoutError) or fault in {Fault.AWAY, Fault.CONFLICT}
    refusal: Exception = DatabaseAway() if away else WriteFailed(str(error))
    if isinstance(error, NotReady):
        refusal = NotReady()
    refusal.__cause__ = error
    return refusal
