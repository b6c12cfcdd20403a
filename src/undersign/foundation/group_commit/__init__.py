"""Many requests, few transactions: see docs/mechanisms/group-commit.md."""

from undersign.foundation.group_commit.batches import BatchWriter, Write
from undersign.foundation.group_commit.breaker import Breaker
from undersign.foundation.group_commit.errors import (
    Closing,
    DatabaseAway,
    NotAccepted,
    NotReady,
    QueueFull,
    WriteFailed,
)
from undersign.foundation.group_commit.limits import Limits
from undersign.foundation.group_commit.submissions import GroupCommit, Watch

__all__ = [
    "BatchWriter",
    "Breaker",
    "Closing",
    "DatabaseAway",
    "GroupCommit",
    "Limits",
    "NotAccepted",
    "NotReady",
    "QueueFull",
    "Watch",
    "Write",
    "WriteFailed",
]
