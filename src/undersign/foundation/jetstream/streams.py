"""The two streams: what waits to be written, and what could not be.

Both are files on each replica, refuse what is over their size (and never drop the oldest for it), and forget
after a week, a day before an attempt would go with its partition.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
    StreamInfo,
)
from nats.js.errors import BadRequestError, NotFoundError

from undersign.foundation.jetstream.address import StreamAddress

KEPT_FOR = timedelta(days=7)
# A publisher tries again for seconds; the servers remember its message's id for longer.
DUPLICATES = timedelta(minutes=2)
# A batch that is not acknowledged by then is given to somebody else.
ACK_WAIT = timedelta(seconds=60)
CONSUMER = "worker"
_NAME_IN_USE = 10058  # JSStreamNameExistErr: it is there, set up differently


@dataclass(frozen=True, slots=True)
class Names:
    """What the streams of an address and their subjects are called."""

    waiting: str
    waiting_subject: str
    dead: str
    dead_subject: str

    @classmethod
    def of(cls, address: StreamAddress) -> "Names":
        """Name them after the address."""
        name = address.name
        return cls(name, f"{name}.attempts", f"{name}-dead", f"{name}.dead")


async def streams_ensure(stream: JetStreamContext, address: StreamAddress) -> None:
    """Make the streams that are not there, and leave those that are as their operator has set them up."""
    names = Names.of(address)
    work = RetentionPolicy.WORK_QUEUE
    await _ensure(stream, _config(address, names.waiting, names.waiting_subject, work))
    await _ensure(stream, _config(address, names.dead, names.dead_subject, RetentionPolicy.LIMITS))


async def _ensure(stream: JetStreamContext, config: StreamConfig) -> None:
    assert config.name is not None  # noqa: S101 -- for the type checker
    try:
        await stream.stream_info(config.name)
    except NotFoundError:
        try:
            await stream.add_stream(config)
        except BadRequestError as error:
            if error.err_code != _NAME_IN_USE:  # somebody else has just made it
                raise


def _config(address: StreamAddress, name: str, subject: str, retention: RetentionPolicy) -> StreamConfig:
    return StreamConfig(
        name=name,
        subjects=[subject],
        retention=retention,
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW,
        num_replicas=address.replicas,
        max_bytes=address.max_bytes,
        max_age=KEPT_FOR.total_seconds(),
        duplicate_window=DUPLICATES.total_seconds(),
    )


def consumer_config() -> ConsumerConfig:
    """Give how workers share what waits: each message is one worker's until it is acknowledged."""
    return ConsumerConfig(
        durable_name=CONSUMER,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT.total_seconds(),
        max_deliver=-1,
        max_ack_pending=1000,
    )


@dataclass(frozen=True, slots=True)
class StreamState:
    """How the streams are. `waiting` and `dead` count messages; `replicas` those that are up to date."""

    waiting: int
    bytes: int
    oldest_at: datetime | None
    dead: int
    replicas: int
    wanted_replicas: int
    is_bounded: bool
    is_on_disk: bool


async def stream_state(stream: JetStreamContext, address: StreamAddress) -> StreamState:
    """Ask the cluster. Raises nats.errors.Error."""
    names = Names.of(address)
    waiting, dead = await stream.stream_info(names.waiting), await stream.stream_info(names.dead)
    return StreamState(
        waiting=waiting.state.messages,
        bytes=waiting.state.bytes,
        oldest_at=await _oldest_at(stream, waiting),
        dead=dead.state.messages,
        replicas=_up_to_date(waiting),
        wanted_replicas=waiting.config.num_replicas or 1,
        is_bounded=waiting.config.discard == DiscardPolicy.NEW,
        is_on_disk=waiting.config.storage == StorageType.FILE,
    )


def _up_to_date(info: StreamInfo) -> int:
    if info.cluster is None or info.cluster.leader is None:
        return 1
    return 1 + sum(bool(peer.current) and not peer.offline for peer in info.cluster.replicas or [])


async def _oldest_at(stream: JetStreamContext, info: StreamInfo) -> datetime | None:
    if not info.state.messages or info.config.name is None:
        return None
    try:
        message = await stream.get_msg(info.config.name, seq=info.state.first_seq)
    except NotFoundError:  # written meanwhile
        return None
    return message.time.astimezone(UTC) if message.time else None
