import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID

import psycopg
import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import Header
from nats.js.errors import NotFoundError
from psycopg import AsyncConnection

from undersign.foundation.group_commit import BatchWriter, Limits, Refusal
from undersign.foundation.group_commit.connections import Pool
from undersign.foundation.jetstream.address import StreamAddress
from undersign.foundation.jetstream.link import API_TIMEOUT, Link
from undersign.foundation.jetstream.streams import CONSUMER, Names, consumer_config, streams_ensure
from undersign.foundation.keys import KeyUnknown
from undersign.foundation.metrics import INTAKE_DRAINED
from undersign.foundation.sealing import SealBroken, Sealer
from undersign.signing.intake.envelope import FormatUnknown, envelope_open, envelope_seal
from undersign.signing.services.attempts import NewAttempt, attempts_write_acknowledged

log = structlog.get_logger()

AT_ONCE: Final = 32
"""Messages of one round; each holds up to 64 attempts."""
WAIT: Final = 1.0
"""Seconds to wait for the first message of a round."""
LATER: Final = 10.0
"""Seconds until what could not be written now is given out again."""
REASON: Final = "Undersign-Reason"
"""The header of a message that was put aside: what was wrong with it, and nothing of what is in it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A message and what it holds."""

    message: Msg
    id: UUID
    attempts: Sequence[NewAttempt]


class Drain:
    """Writes what a stream has taken to the database, and only then lets the stream forget it.

    A message that is given out twice is written once, by the ids of its attempts. What the database refuses
    for good, and what no process of ours has put there, goes to the dead letters. What cannot be written or
    read by this process yet (no database, no key, a newer format) stays where it is.
    """

    def __init__(self, address: StreamAddress, pool: Pool, sealer: Sealer) -> None:
        self._address = address
        self._names = Names.of(address)
        self._sealer = sealer
        self._limits = Limits()
        self._writer = BatchWriter(pool, attempts_write_acknowledged, self._limits)
        self._link = Link(address)
        self._messages: JetStreamContext.PullSubscription | None = None

    async def __aenter__(self) -> Self:
        await self._link.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._link.__aexit__(kind, error, trace)

    async def round(self, _connection: AsyncConnection[Any], _at: datetime) -> int:
        """Write what waits, up to a bound, and tell how many messages that were.

        Raises what nats-py raises where the cluster does not answer.
        """
        stream = await self._link.stream(until=_now() + API_TIMEOUT)
        try:
            taken = await self._take(stream)
        except NotFoundError:  # somebody has deleted the stream, or its consumer
            self._messages = None
            await streams_ensure(stream, self._address)
            raise
        opened = [found for message in taken if (found := await self._open(stream, message))]
        await self._write(stream, opened)
        return len(taken)

    async def _take(self, stream: JetStreamContext) -> list[Msg]:
        if self._messages is None:
            await stream.add_consumer(self._names.waiting, consumer_config())
            self._messages = await stream.pull_subscribe_bind(CONSUMER, self._names.waiting)
        try:
            return await self._messages.fetch(AT_ONCE, timeout=WAIT)
        except TimeoutError:
            return []

    async def _open(self, stream: JetStreamContext, message: Msg) -> Opened | None:
        """Open a message, or see to one that does not open."""
        try:
            message_id = UUID((message.headers or {}).get(Header.MSG_ID.value, ""))
            attempts = envelope_open(message.data, message_id=message_id, sealer=self._sealer)
        except (FormatUnknown, KeyUnknown) as unknown:
            await self._put_back(message, type(unknown).__name__)
        except (SealBroken, ValueError) as broken:
            await self._put_aside(stream, message.data, _message_id(message), type(broken).__name__)
            await message.ack()
        else:
            return Opened(message, message_id, attempts)
        return None

    async def _write(self, stream: JetStreamContext, opened: Sequence[Opened]) -> None:
        """Write the attempts of several messages, and settle each message by what became of its own."""
        attempts = sorted((a for found in opened for a in found.attempts), key=lambda a: a.id)
        refused: dict[UUID, Exception] = {}
        for start in range(0, len(attempts), self._limits.max_batch):
            batch = attempts[start : start + self._limits.max_batch]
            results = await self._writer.settle(batch, until=_now() + self._limits.patience)
            refused |= {a.id: r.error for a, r in zip(batch, results, strict=True) if isinstance(r, Refusal)}
        for found in opened:
            await self._settle(stream, found, refused)

    async def _settle(self, stream: JetStreamContext, found: Opened, refused: dict[UUID, Exception]) -> None:
        bad = [attempt for attempt in found.attempts if attempt.id in refused]
        if later := [refused[attempt.id] for attempt in bad if not _is_for_good(refused[attempt.id])]:
            await self._put_back(found.message, type(later[0]).__name__)
            return
        for attempt in bad:
            sealed = envelope_seal([attempt], message_id=attempt.id, sealer=self._sealer)
            await self._put_aside(stream, sealed, attempt.id.hex, _reason(refused[attempt.id]))
        await found.message.ack()
        INTAKE_DRAINED.labels("written").inc(len(found.attempts) - len(bad))

    async def _put_back(self, message: Msg, reason: str) -> None:
        log.warning("intake_put_back", reason=reason)
        INTAKE_DRAINED.labels("put back").inc()
        await message.nak(delay=LATER)

    async def _put_aside(self, stream: JetStreamContext, data: bytes, message_id: str, reason: str) -> None:
        """Keep a message with the dead letters; it is acknowledged only after that."""
        log.error("intake_put_aside", message=message_id, reason=reason)
        headers = {REASON: reason, **({Header.MSG_ID.value: message_id} if message_id else {})}
        await stream.publish(self._names.dead_subject, data, stream=self._names.dead, headers=headers)
        INTAKE_DRAINED.labels("put aside").inc()


def _now() -> float:
    return asyncio.get_running_loop().time()


def _message_id(message: Msg) -> str:
    return (message.headers or {}).get(Header.MSG_ID.value, "")


def _is_for_good(error: Exception) -> bool:
    """Tell whether the database has refused this very row: `settle` gives its own errors otherwise."""
    return isinstance(error, psycopg.Error | UnicodeError)


def _reason(error: Exception) -> str:
    """Name an error without its words, which may quote the row."""
    return f"{type(error).__name__} {getattr(error, 'sqlstate', None) or ''}".strip()
