import asyncio
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from hashlib import blake2b
from types import TracebackType
from typing import Final, Self
from uuid import UUID

import nats.errors
from nats.js.api import Header
from nats.js.errors import APIError

from undersign.foundation.group_commit import Gathering, Limits, NoBreaker, Refusal, Watch, WriteFailed
from undersign.foundation.jetstream.address import StreamAddress
from undersign.foundation.jetstream.errors import StreamAway, StreamFull
from undersign.foundation.jetstream.link import Link
from undersign.foundation.jetstream.streams import Names
from undersign.foundation.sealing import Sealer
from undersign.signing.intake.envelope import envelope_seal
from undersign.signing.services.attempts import NewAttempt, Taking

TRY: Final = 2.0
"""Seconds to wait for an acknowledgement before the same message is sent again."""
STORE_FAILED: Final = 10077
"""JSStreamStoreFailedF: with our settings, because the stream holds as much as it may."""
MAX_SEALED: Final = 256_000
"""Bytes of sealed forms in one message; a server takes messages of up to a megabyte unless told otherwise."""
# Its servers may take five seconds to choose a leader. Where PostgreSQL is there, too, nobody waits for that.
LIMITS: Final = Limits(max_batch=64, flushers=4, worth_another=1, patience=8.0, submit_timeout=10.0)

_jitter = secrets.SystemRandom()


class StreamIntake:
    """The intake that publishes attempts to a stream and takes them once enough of its servers have them.

    Attempts that come in at the same time travel in one message, for the reason they share a transaction
    elsewhere: a server that writes each message through to its disk does so a thousand times a second or two.
    """

    def __init__(
        self,
        address: StreamAddress,
        sealer: Callable[[], Sealer],
        *,
        limits: Limits = LIMITS,
        watch: Watch | None = None,
    ) -> None:
        self._names = Names.of(address)
        self._sealer = sealer
        self._link = Link(address)
        self._gathering: Gathering[NewAttempt, Taking] = Gathering(
            self._settle,
            sort_key=lambda attempt: attempt.id.bytes,
            limits=limits,
            breaker=NoBreaker(),
            watch=watch,
        )
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._open.enter_async_context(self._link)
        await self._open.enter_async_context(self._gathering)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def submit(self, attempt: NewAttempt, /) -> Taking:
        """Return once the cluster has replicated `attempt`; its proof is looked at when it is written.

        Raises StreamAway, StreamFull, QueueFull or Closing, all NotAccepted.
        """
        return await self._gathering.submit(attempt)

    async def _settle(self, attempts: Sequence[NewAttempt], *, until: float) -> list[Taking | Refusal]:
        results: list[Taking | Refusal] = []
        for part in _messages(attempts):
            results += await self._settle_message(part, until=until)
        return results

    async def _settle_message(
        self, attempts: Sequence[NewAttempt], *, until: float
    ) -> Sequence[Taking | Refusal]:
        try:
            await self._publish(attempts, until=until)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the submitters must hear of it
            return [Refusal(_refusal(error)) for _ in attempts]
        return [Taking.STORED] * len(attempts)

    async def _publish(self, attempts: Sequence[NewAttempt], *, until: float) -> None:
        """Publish one message until it is acknowledged; the cluster keeps it once, by its id."""
        message_id = _message_id(attempts)
        payload = envelope_seal(attempts, message_id=message_id, sealer=self._sealer())
        headers = {Header.MSG_ID.value: message_id.hex, Header.EXPECTED_STREAM.value: self._names.waiting}
        stream, clock = await self._link.stream(until=until), asyncio.get_running_loop().time
        while True:
            try:
                await stream.publish(self._names.waiting_subject, payload, timeout=TRY, headers=headers)
            except (nats.errors.Error, TimeoutError) as error:
                if _is_final(error) or clock() >= until:
                    raise
                await asyncio.sleep(_jitter.uniform(0.05, 0.2))
            else:
                return


def _messages(attempts: Sequence[NewAttempt]) -> Iterator[Sequence[NewAttempt]]:
    """Cut a batch into messages that a server takes."""
    part: list[NewAttempt] = []
    size = 0
    for attempt in attempts:
        size += len(attempt.sealed)
        if part and size > MAX_SEALED:
            yield part
            part, size = [], len(attempt.sealed)
        part.append(attempt)
    if part:
        yield part


def _message_id(attempts: Sequence[NewAttempt]) -> UUID:
    """Name a message after all that is in it: one with the same id would be dropped as having come before."""
    if len(attempts) == 1:
        return attempts[0].id
    return UUID(bytes=blake2b(b"".join(attempt.id.bytes for attempt in attempts), digest_size=16).digest())


def _is_final(error: Exception) -> bool:
    return isinstance(error, nats.errors.MaxPayloadError) or _is_full(error)


def _is_full(error: Exception) -> bool:
    return isinstance(error, APIError) and error.err_code == STORE_FAILED


def _refusal(error: Exception) -> Exception:
    """Make the exception for one submitter: its own instance, so that tracebacks do not pile up."""
    refusal: Exception = WriteFailed(type(error).__name__)
    if isinstance(error, nats.errors.Error | TimeoutError):
        refusal = StreamFull() if _is_full(error) else StreamAway()
    refusal.__cause__ = error
    return refusal
