"""Ids that sort by time: UUID version 7, RFC 9562 section 5.7."""

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """Return a fresh UUIDv7 of this millisecond."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds << 80) | (0x7 << 76) | ((random >> 68) << 64 & 0xFFF << 64)
    value |= (0b10 << 62) | (random & ((1 << 62) - 1))
    return UUID(int=value)
