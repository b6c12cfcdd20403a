"""Taking a name off a petition, and putting it back. Each change is an event, and the count follows."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from undersign.foundation.audit import audit_record
from undersign.signing.errors import SignatureStateError
from undersign.signing.models import Signature, SignatureEvent, TallyDelta


def signature_withdraw_by_signer(*, signature: Signature, at: datetime) -> None:
    """Take one's own name off. Raises SignatureStateError when it is off already."""
    with transaction.atomic():
        _withdraw(signature, Signature.WithdrawnBy.SIGNER)
        SignatureEvent.objects.create(signature=signature, kind=SignatureEvent.Kind.WITHDRAWN, at=at)


def signature_withdraw_by_moderator(*, signature: Signature, by: User, reason: str, at: datetime) -> None:
    """Take a name off for a reason that is kept. Raises SignatureStateError when it is off already."""
    with transaction.atomic():
        _withdraw(signature, Signature.WithdrawnBy.MODERATOR)
        _record(signature, SignatureEvent.Kind.WITHDRAWN, by=by, reason=reason, at=at)


def signature_restore(*, signature: Signature, by: User, reason: str, at: datetime) -> None:
    """Undo a moderator's withdrawal. Raises SignatureStateError unless a moderator made it."""
    with transaction.atomic():
        locked = _locked(signature)
        if locked.withdrawn_by != Signature.WithdrawnBy.MODERATOR:
            raise SignatureStateError("only what a moderator withdrew can be restored by one")
        _move(signature, Signature.State.CONFIRMED, Signature.WithdrawnBy.NOBODY, delta=1)
        _record(signature, SignatureEvent.Kind.RESTORED, by=by, reason=reason, at=at)


def _withdraw(signature: Signature, by: Signature.WithdrawnBy) -> None:
    if _locked(signature).state != Signature.State.CONFIRMED:
        raise SignatureStateError("this signature is withdrawn already")
    _move(signature, Signature.State.WITHDRAWN, by, delta=-1)


def _locked(signature: Signature) -> Signature:
    return Signature.objects.select_for_update(no_key=True).get(pk=signature.pk)


def _move(
    signature: Signature, state: Signature.State, withdrawn_by: Signature.WithdrawnBy, *, delta: int
) -> None:
    signature.state, signature.withdrawn_by = state, withdrawn_by
    signature.save(update_fields=["state", "withdrawn_by"])
    TallyDelta.objects.create(petition_id=signature.petition_id, delta=delta)


def _record(signature: Signature, kind: SignatureEvent.Kind, *, by: User, reason: str, at: datetime) -> None:
    SignatureEvent.objects.create(signature=signature, kind=kind, at=at, by=by, reason=reason)
    audit_record(
        by=by,
        at=at,
        organisation_id=signature.petition.organisation_id,
        action=f"signature.{kind}",
        subject=f"signature:{signature.pk}",
        detail={"reason": reason, "petition": signature.petition.slug},
    )
