"""Opening, closing and pausing: one verb for each move, one table of where it may start."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from undersign.campaigns.errors import MoveNotPossible
from undersign.campaigns.models import Petition
from undersign.campaigns.services.petitions import petition_lock
from undersign.campaigns.services.records import petition_record
from undersign.supporters.queries import Permission, permission_require

State = Petition.State

# From which states a petition may come into a state. Won and lost may be corrected into each other.
ENDS_FROM: Mapping[str, frozenset[str]] = {
    State.CLOSED: frozenset({State.OPEN}),
    State.WON: frozenset({State.OPEN, State.CLOSED, State.LOST}),
    State.LOST: frozenset({State.OPEN, State.CLOSED, State.WON}),
}
REOPENS_FROM = frozenset(ENDS_FROM)


@transaction.atomic
def petition_close(*, petition: Petition, by: User | None, at: datetime) -> None:
    """End the signing; attempts made before are confirmed for another day.

    Raises NotAllowed, MoveNotPossible.
    """
    _end(petition, State.CLOSED, by=by, at=at)


@transaction.atomic
def petition_declare_won(*, petition: Petition, by: User | None, at: datetime) -> None:
    """Say that the petition has reached what it asked for. Raises NotAllowed, MoveNotPossible."""
    _end(petition, State.WON, by=by, at=at)


@transaction.atomic
def petition_declare_lost(*, petition: Petition, by: User | None, at: datetime) -> None:
    """Say that the petition has failed. Raises NotAllowed, MoveNotPossible."""
    _end(petition, State.LOST, by=by, at=at)


@transaction.atomic
def petition_reopen(*, petition: Petition, by: User | None, at: datetime) -> None:
    """Take signatures again. A closing date that has passed is taken away.

    Not once its signers are being forgotten: who signed before could not be told from who signs anew.
    Raises NotAllowed, MoveNotPossible.
    """
    stored = _locked(petition, by=by)
    if stored.signers_forgotten_at is not None:
        raise MoveNotPossible
    if stored.state not in REOPENS_FROM and not _has_run_out(stored, at):
        raise MoveNotPossible
    if _has_run_out(stored, at):
        stored.closes_at = None
    stored.state, stored.ended_at = State.OPEN, None
    stored.save(update_fields=["state", "ended_at", "closes_at"])
    petition_record(petition=stored, action="petition.reopened", by=by, at=at)


@transaction.atomic
def petition_pause_signing(*, petition: Petition, by: User | None, at: datetime) -> None:
    """Take no new signatures for now; the page stays. Raises NotAllowed."""
    _mark(petition, "signing_paused_at", at, by=by, at=at)


@transaction.atomic
def petition_resume_signing(*, petition: Petition, by: User | None, at: datetime) -> None:
    """Take signatures again. Raises NotAllowed."""
    _mark(petition, "signing_paused_at", None, by=by, at=at)


@transaction.atomic
def petition_pause_mail(*, petition: Petition, by: User | None, at: datetime) -> None:
    """Keep its mails in the outbox for now; none is lost. Raises NotAllowed."""
    _mark(petition, "mail_paused_at", at, by=by, at=at)


@transaction.atomic
def petition_resume_mail(*, petition: Petition, by: User | None, at: datetime) -> None:
    """Send what has waited. Raises NotAllowed."""
    _mark(petition, "mail_paused_at", None, by=by, at=at)


@transaction.atomic
def petition_freeze(*, petition: Petition, by: User | None, at: datetime) -> None:
    """Make it read-only: nothing is signed, confirmed or withdrawn. Raises NotAllowed."""
    _mark(petition, "read_only_at", at, by=by, at=at)


@transaction.atomic
def petition_unfreeze(*, petition: Petition, by: User | None, at: datetime) -> None:
    """End read-only. Raises NotAllowed."""
    _mark(petition, "read_only_at", None, by=by, at=at)


def _locked(petition: Petition, *, by: User | None) -> Petition:
    permission_require(by=by, permission=Permission.PUBLISH, organisation=petition.organisation)
    return petition_lock(petition)


def _end(petition: Petition, state: str, *, by: User | None, at: datetime) -> None:
    stored = _locked(petition, by=by)
    if stored.state not in ENDS_FROM[state]:
        raise MoveNotPossible
    stored.state, stored.ended_at = state, stored.ended_at or at
    stored.save(update_fields=["state", "ended_at"])
    petition_record(petition=stored, action=f"petition.{state}", by=by, at=at)


def _has_run_out(petition: Petition, at: datetime) -> bool:
    return petition.closes_at is not None and petition.closes_at <= at and petition.state == State.OPEN


def _mark(petition: Petition, column: str, since: datetime | None, *, by: User | None, at: datetime) -> None:
    """Set or clear an instant; what is as asked for already stays as it is."""
    stored = _locked(petition, by=by)
    if bool(getattr(stored, column)) == bool(since):
        return
    setattr(stored, column, since)
    stored.save(update_fields=[column])
    action = f"petition.{column.removesuffix('_at')}"
    petition_record(petition=stored, action=action, by=by, at=at, detail={"is_on": since is not None})
