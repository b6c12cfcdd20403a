from typing import Protocol

from undersign.signing.services.attempts import NewAttempt


class Intake(Protocol):
    """Takes attempts and keeps them until they are rows, each written once by its id."""

    async def submit(self, attempt: NewAttempt, /) -> None:
        """Return once `attempt` is durable; handing the same one in again changes nothing.

        Raises `NotAccepted` (answer 503 with its `retry_after`) where it could not be kept, and may have
        been kept all the same where nobody knows.
        """
