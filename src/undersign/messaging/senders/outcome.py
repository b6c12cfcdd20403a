"""What a server made of one mail, in the words of the outbox."""

from dataclasses import dataclass
from enum import Enum


class Fate(Enum):
    """What a server's answer means for a mail."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # for good: the same mail will not be taken later either
    NO_MAILBOX = "no mailbox"  # for good, and nothing else should be sent there
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The fate of one mail and the server's words without any address, such as `550 5.1.1 no such user`."""

    fate: Fate
    words: str = ""


ACCEPTED = Outcome(Fate.ACCEPTED)
