"""The screen that judges every form: each layer has a switch on the petition."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from undersign.foundation.ids import uuid7
from undersign.foundation.keys import KeyRing
from undersign.foundation.metrics import HELD, PROOFS
from undersign.foundation.tokens import TokenSigner
from undersign.moderation.domains import DomainNotes, MetDomain
from undersign.moderation.lists import Effect, Kind, OrganisationLists
from undersign.moderation.pace import Pace
from undersign.moderation.reasons import HeldReason
from undersign.moderation.waits import seconds_left, wait_read, wait_token
from undersign.moderation.work import WorkProofs
from undersign.signing.forms import HONEYPOT
from undersign.signing.identity import mail_domain
from undersign.signing.screens import Demand, ProofDemanded, Submission, Verdict
from undersign.supporters.mailbox import is_large_provider

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

    def found_in(self, submission: Submission) -> UUID | None:
        """Give the id of the proof that came with a form, if it is good by now."""
        petition_id, at = submission.petition.id, submission.at
        if payload := submission.values.get(WORK_FIELD):
            proof_id = self.work.proof_of(payload, petition_id=petition_id, at=at)
            if proof_id:
                return proof_id
        waited = self.token_of(submission)
        return waited if waited and seconds_left(waited, at) <= 0 else None

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


@dataclass(slots=True)
class PetitionScreen:
    """Judges forms by what this process has in memory; `proofs` and `lists` are replaced when they change."""

    pace: Pace
    proofs: Proofs
    lists: Mapping[int, OrganisationLists] = field(default_factory=dict)
    domains: DomainNotes = field(default_factory=DomainNotes)

    def judge(self, submission: Submission) -> Verdict:
        """Let a form be taken. Raises ProofDemanded.

        What is demanded depends on the network and the petition alone, never on the mailbox: anybody can type
        an address that is allowed, so only an allowed network needs no proof.
        """
        lists = self._lists_for(submission)
        allowed = lists.finding(Effect.ALLOW, submission) if lists else ""
        is_paced = submission.petition.is_pace_limited and allowed != Kind.NETWORK
        proof_id = self._proof_of(submission) if is_paced else None
        self.pace.count(submission.network, submission.at)
        reason = "" if allowed else self._held_reason(submission, lists)
        if reason:
            HELD.labels(reason).inc()
        if submission.petition.is_domain_checked and not allowed:
            self._note_domain(submission)
        return Verdict(reason, proof_id)

    def demand_again(self, submission: Submission) -> ProofDemanded:
        """Ask anew, because the proof of this form was used already."""
        PROOFS.labels("spent").inc()
        return self._demanded(submission, self.pace.pressure(submission.network, submission.at))

    def _proof_of(self, submission: Submission) -> UUID | None:
        pressure = self.pace.pressure(submission.network, submission.at)
        if pressure < 1:
            return None
        proof_id = self.proofs.found_in(submission)
        if proof_id is None:
            raise self._demanded(submission, pressure)
        PROOFS.labels("taken").inc()
        return proof_id

    def _demanded(self, submission: Submission, pressure: float) -> ProofDemanded:
        PROOFS.labels("demanded").inc()
        return ProofDemanded(self.proofs.demand(submission, pressure=pressure))

    def _held_reason(self, submission: Submission, lists: OrganisationLists | None) -> str:
        if submission.petition.is_trap_set and submission.values.get(HONEYPOT):
            return HeldReason.HONEYPOT
        return lists.finding(Effect.BLOCK, submission) if lists else ""

    def _note_domain(self, submission: Submission) -> None:
        domain = submission.payload.email.rpartition("@")[2].lower()
        if is_large_provider(domain):
            return
        organisation_id, key = submission.petition.organisation_id, submission.keys.index_key
        name = mail_domain(domain, organisation_id=organisation_id, index_key=key)
        self.domains.note(MetDomain(organisation_id, name, domain))

    def _lists_for(self, submission: Submission) -> OrganisationLists | None:
        petition = submission.petition
        return self.lists.get(petition.organisation_id) if petition.is_list_applied else None
