from undersign.foundation.group_commit import Breaker, GroupCommit, Watch
from undersign.foundation.group_commit.connections import Pool
from undersign.signing.services.attempts import NewAttempt, Taking, attempts_write


def postgresql_intake(
    pool: Pool, *, watch: Watch | None = None, breaker: Breaker | None = None
) -> GroupCommit[NewAttempt, Taking]:
    """Make the intake that commits to the database itself; enter it as an asynchronous context manager."""
    return GroupCommit(
        pool, attempts_write, sort_key=lambda attempt: attempt.id.bytes, watch=watch, breaker=breaker
    )
