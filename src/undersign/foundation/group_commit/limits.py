from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one group commit. Times are seconds, sizes are items."""

    max_queue: int = 5000
    max_batch: int = 200
    flushers: int = 2
    gather: float = 0.015
    """How long after one batch has begun the next begins at the earliest, unless enough wait."""
    worth_another: int = 50
    """How many must wait for a batch to begin at once, beside one that is at work if need be."""
    submit_timeout: float = 6.0
    """How long a submitter waits for its outcome."""
    patience: float = 4.0
    """How long one batch is retried while the database is away; shorter than `submit_timeout`.

    A planned switchover takes three seconds, and longer than this people press a button twice.
    """
    conflict_tries: int = 8
    """How often a batch that met a deadlock or a serialization failure is tried."""
