from typing import Protocol

from undersign.signing.services.attempts import NewAttempt, Taking


class Intake(Protocol):
    """Takes attempts and keeps them until they are rows, each written once by its id."""

    async def submit(self, attempt: NewAttempt, /) -> Taking:
        """Return once `attempt` is durable, or its proof turned out to have been used by another one.

        Handing the same one in again changes nothing. An intake that cannot ask the database first takes it,
        and has it written by `attempts_write_acknowledged`.

        Raises `NotAccepted` (answer 503 with its `retry_after`) where it could not be kept, and may have
        been kept all the same where nobody knows.
        """
