"""The screen that judges every form: each layer has a switch on the petition."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from undersign.foundation.metrics import ALLOWED, HELD, PROOFS
from undersign.moderation.domains import DomainNotes, MetDomain
from undersign.moderation.lists import Effect, Kind, OrganisationLists
from undersign.moderation.pace import Pace
from undersign.moderation.proofs import Proofs
from undersign.moderation.reasons import HeldReason
from undersign.signing.forms import HONEYPOT
from undersign.signing.identity import mail_domain
from undersign.signing.screens import ProofDemanded, Submission, Verdict
from undersign.supporters.mailbox import is_large_provider


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
        if allowed:
            ALLOWED.labels(allowed).inc()
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
        found = self.proofs.found_in(submission)
        if found is None:
            raise self._demanded(submission, pressure)
        proof_id, how = found
        PROOFS.labels(how).inc()
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
