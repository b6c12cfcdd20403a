"""Time-ordered ids: UUID version 7 (RFC 9562 §5.7).

Ids sort by the millisecond they were made in, so an id is at once primary key and partition key. Within one
process ids of the same millisecond ascend (RFC 9562 §6.2, method 2: a random value that is counted up).
"""

import secrets
import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LATEST = 2**48 - 1


class _Sequence:
    """Hands out the 74 random bits of an id so that those of one millisecond ascend."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._milliseconds = -1
        self._bits = 0

    def at(self, milliseconds: int) -> UUID:
        """Give an id of exactly this millisecond."""
        with self._lock:
            self._step(milliseconds)
            return _assemble(self._milliseconds, self._bits)

    def not_before(self, milliseconds: int) -> UUID:
        """Give an id of this millisecond, or of the last one used when the clock has gone backwards."""
        with self._lock:
            self._step(max(milliseconds, self._milliseconds))
            return _assemble(self._milliseconds, self._bits)

    def _step(self, milliseconds: int) -> None:
        if milliseconds == self._milliseconds:
            self._bits += 1 + secrets.randbits(32)
            return
        self._milliseconds = milliseconds
        # The top bit starts empty: room for 2**41 ids in this millisecond before an overflow.
        self._bits = secrets.randbits(73)


_of_the_clock = _Sequence()
_of_a_given_time = _Sequence()


def uuid7(at: datetime | None = None) -> UUID:
    """Make an id for the instant `at` (aware; now by default), to the millisecond.

    Without `at` every id is greater than the ones before it in this process, also when the clock goes back.
    With `at` the id carries exactly that millisecond, and ascends among ids asked for the same one in a row.
    Raises ValueError for a naive time and for one before 1970.
    """
    if at is None:
        return _of_the_clock.not_before(time.time_ns() // 1_000_000)
    return _of_a_given_time.at(_milliseconds(at))


def uuid7_unordered(at: datetime) -> UUID:
    """Make an id for the instant `at` that does not tell which of that millisecond was made first.

    Raises ValueError for a naive time and for one before 1970.
    """
    return _assemble(_milliseconds(at), secrets.randbits(74))


def uuid7_at(id: UUID) -> datetime:  # noqa: A002 -- the word of the field
    """Tell the instant an id was made, in UTC, to the millisecond. Raises ValueError for other versions."""
    if id.version != 7:
        problem = f"{id} is not a version 7 UUID"
        raise ValueError(problem)
    return EPOCH + (id.int >> 80) * _MILLISECOND


def uuid7_floor(at: datetime) -> UUID:
    """Give the smallest id of the millisecond of `at`: the bound of a partition that begins there."""
    return _assemble(_milliseconds(at), 0)


def _milliseconds(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("an id needs a time with a time zone")
    milliseconds = (at - EPOCH) // _MILLISECOND
    if not 0 <= milliseconds <= _LATEST:
        problem = f"{at} does not fit into an id"
        raise ValueError(problem)
    return milliseconds


def _assemble(milliseconds: int, bits: int) -> UUID:
    high, low = bits >> 62, bits & (2**62 - 1)
    return UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 0b10 << 62 | low)
