"""Many requests, few transactions: see docs/mechanisms/group-commit.md."""

from undersign.foundation.group_commit.batches import BatchWriter, Refusal, Write
from undersign.foundation.group_commit.breaker import Breaker, NoBreaker
from undersign.foundation.group_commit.errors import (
    Closing,
    DatabaseAway,
    NotAccepted,
    NotReady,
    QueueFull,
    WriteFailed,
)
from undersign.foundation.group_commit.limits import Limits
from undersign.foundation.group_commit.submissions import Gathering, GroupCommit, Watch

__all__ = [
    "BatchWriter",
    "Breaker",
    "Closing",
    "DatabaseAway",
    "Gathering",
    "GroupCommit",
    "Limits",
    "NoBreaker",
    "NotAccepted",
    "NotReady",
    "QueueFull",
    "Refusal",
    "Watch",
    "Write",
    "WriteFailed",
]
