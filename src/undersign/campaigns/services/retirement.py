"""Ending a petition for good, when the people behind its signatures are forgotten."""

from datetime import datetime

from undersign.campaigns.models import Petition
from undersign.campaigns.queries import petitions_past_retention


def petition_retire(*, petition_id: int, at: datetime) -> Petition | None:
    """Lock a petition past its retention until the caller's transaction ends, and have it stay closed.

    None while somebody else works on it, and if it is frozen or no longer past its retention: in the
    meantime it may have been reopened or given more days.
    """
    due = petitions_past_retention(at).filter(pk=petition_id, read_only_at__isnull=True)
    petition = due.select_for_update(no_key=True, skip_locked=True, of=("self",)).first()
    if petition is not None and petition.signers_forgotten_at is None:
        _close_for_good(petition, at)
    return petition


def _close_for_good(petition: Petition, at: datetime) -> None:
    if petition.state == Petition.State.OPEN:  # until now it was closed by its date alone
        petition.state, petition.ended_at = Petition.State.CLOSED, petition.closes_at
    petition.signers_forgotten_at = at
    petition.save(update_fields=["state", "ended_at", "signers_forgotten_at"])
