"""What signing asks of whoever looks for abuse: a verdict on each form, before it is taken.

Forms that cost nothing are what a robot sends, so the screen may ask for a proof first; it never refuses
for good. Who it finds suspicious is held: stored and answered like anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from undersign.foundation.values import value
from undersign.signing.errors import SigningError
from undersign.signing.identity import SigningKeys
from undersign.signing.payload import AttemptPayload
from undersign.signing.queries.petitions import SignablePetition


@value
class Submission:
    """A form that was read without an error: `values` as posted, `network` in CIDR notation."""

    petition: SignablePetition
    payload: AttemptPayload
    values: Mapping[str, str]
    network: str
    keys: SigningKeys
    at: datetime


@value
class Verdict:
    """A form may be taken: held where there is a reason, spending the proof of this id where it had one.

    Ids of proofs are UUIDv7 of about the time they were made, so that old ones can be forgotten by their ids.
    """

    held_reason: str = ""
    proof_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """What has to come with the form: the solution of `challenge`, or else `token` after some seconds.

    `challenge` is JSON in the format of ALTCHA. `is_early` tells that the token came too soon.
    """

    challenge: str
    token: str
    wait_seconds: int
    is_early: bool = False


class ProofDemanded(SigningError):
    """The form is fine and was not taken: it has to come again with a proof."""

    def __init__(self, demand: Demand) -> None:
        self.demand = demand
        super().__init__("a proof is demanded")


class Screen(Protocol):
    """Judges forms on the event loop: it asks no database and no network."""

    def judge(self, submission: Submission) -> Verdict:
        """Let a form be taken. Raises ProofDemanded."""

    def demand_again(self, submission: Submission) -> ProofDemanded:
        """Ask anew, because the proof of this form was used already."""
