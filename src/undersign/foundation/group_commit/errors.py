"""What a submitter may be told instead of an outcome."""


class NotAccepted(Exception):
    """The item cannot be written now; asking again later is safe because items carry their ids."""

    retry_after = 5
    """Seconds, for the `Retry-After` of a 503."""


class QueueFull(NotAccepted):
    """More items wait than `Limits.max_queue`; this one was not queued."""

    retry_after = 2


class DatabaseAway(NotAccepted):
    """The database did not answer in time. Whether the item was written is unknown."""


class NotReady(NotAccepted):
    """`write` found that this process lacks something it will have in a moment, such as a key."""


class Closing(NotAccepted):
    """The process is stopping and takes nothing new."""

    retry_after = 1


class WriteFailed(Exception):
    """The whole batch failed for a reason that no retry cures; `__cause__` has it."""
