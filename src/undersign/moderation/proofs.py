"""What is asked of a form from a crowded network: work of its browser, or else that somebody waits."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from undersign.foundation.ids import uuid7
from undersign.foundation.keys import KeyRing
from undersign.foundation.tokens import TokenSigner
from undersign.moderation.waits import seconds_left, wait_read, wait_token
from undersign.moderation.work import WorkProofs
from undersign.signing.screens import Demand, Submission

# Names of the fields that proofs come in; the first is ALTCHA's own.
WORK_FIELD = "altcha"
WAIT_FIELD = "wait"

SHORTEST_WAIT, LONGEST_WAIT = 3, 10  # seconds, for a browser without JavaScript
# From this many times the pace on, a proof gets no harder: people share networks with robots.
FULL_PRESSURE = 8.0


@dataclass(frozen=True, slots=True)
class Proofs:
    """Makes and checks both kinds of proof. `numbers` is what the hardest work has a browser try at most."""

    work: WorkProofs
    tokens: TokenSigner
    numbers: int

    @classmethod
    def of(cls, ring: KeyRing, *, numbers: int) -> "Proofs":
        """Work with the keys of a keys file."""
        return cls(WorkProofs.of(ring), TokenSigner(ring), numbers)

    def found_in(self, submission: Submission) -> tuple[UUID, str] | None:
        """Give the id of the proof that came with a form, if it is good by now: “worked” for, or “waited”."""
        petition_id, at = submission.petition.id, submission.at
        if payload := submission.values.get(WORK_FIELD):
            proof_id = self.work.proof_of(payload, petition_id=petition_id, at=at)
            if proof_id:
                return proof_id, "worked"
        waited = self.token_of(submission)
        return (waited, "waited") if waited and seconds_left(waited, at) <= 0 else None

    def token_of(self, submission: Submission) -> UUID | None:
        """Give the id of the token that came with a form, be it good already or not."""
        token = submission.values.get(WAIT_FIELD, "")
        if not token:
            return None
        return wait_read(
            self.tokens,
            token,
            petition_id=submission.petition.id,
            email=submission.payload.email,
            at=submission.at,
        )

    def demand(self, submission: Submission, *, pressure: float) -> Demand:
        """Ask for a proof. Somebody who came too early keeps the token they have."""
        share = min(1.0, pressure / FULL_PRESSURE)
        petition_id, at = submission.petition.id, submission.at
        challenge = self.work.challenge(
            proof_id=uuid7(at), petition_id=petition_id, numbers=max(1, round(self.numbers * share))
        )
        if (early := self.token_of(submission)) and (left := seconds_left(early, at)) > 0:
            return Demand(challenge, submission.values[WAIT_FIELD], wait_seconds=int(left) + 1, is_early=True)
        wait = max(SHORTEST_WAIT, round(LONGEST_WAIT * share))
        token = wait_token(
            self.tokens,
            petition_id=petition_id,
            email=submission.payload.email,
            good_from=at + timedelta(seconds=wait),
        )
        return Demand(challenge, token, wait_seconds=wait)
