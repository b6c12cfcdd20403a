"""Joining two supporters who turned out to be one mailbox, so that it is counted once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from undersign.foundation.audit import audit_record
from undersign.foundation.sealing import Sealer
from undersign.signing.identity import plain_name
from undersign.signing.models import Signature, TallyDelta
from undersign.signing.payload import signature_open
from undersign.supporters.models import Consent, Supporter
from undersign.supporters.services.epochs import epochs_freeze


@transaction.atomic
def supporters_merge(*, older_id: UUID, younger_id: UUID, sealer: Sealer, at: datetime) -> int:
    """Join the younger supporter to the older and tell how many signatures went because they were double.

    Consents move. Of each petition as many signatures stay as one mailbox may have, under different names: a
    moderator's withdrawal before what counts, and that before what its signer withdrew; then the older. The
    count follows. Both must have the same key in the epoch being filled. Raises Supporter.DoesNotExist.
    """
    epochs_freeze()  # nobody finds the younger one now and signs for them later
    older = Supporter.objects.select_for_update().get(pk=older_id)
    younger = Supporter.objects.select_for_update().get(pk=younger_id, organisation=older.organisation_id)
    removed = _signatures_join(older, younger, sealer)
    Consent.objects.filter(supporter=younger).update(supporter=older)
    email_key_next = older.email_key_next or younger.email_key_next
    younger.delete()
    older.email_key_next = email_key_next
    older.save(update_fields=["email_key_next"])
    audit_record(
        by=None,
        at=at,
        organisation_id=older.organisation_id,
        action="supporter.merged",
        subject=f"supporter:{older.pk}",
        detail={"signatures_removed": [f"petition:{s.petition_id} {s.state}" for s in removed]},
    )
    return len(removed)


def _signatures_join(older: Supporter, younger: Supporter, sealer: Sealer) -> list[Signature]:
    """Put what stays under the older supporter, delete the rest, and give that."""
    by_petition: defaultdict[int, list[Signature]] = defaultdict(list)
    both = Signature.objects.filter(supporter__in=[older, younger]).select_related("petition")
    for signature in both.select_for_update(of=("self",), no_key=True).order_by("petition_id", "pk"):
        by_petition[signature.petition_id].append(signature)
    removed: list[Signature] = []
    for signatures in by_petition.values():
        staying = _staying(signatures, sealer)
        going = [s for s in signatures if s not in staying]
        _remove(going)
        _seat(staying, older)
        removed += going
    return removed


def _staying(signatures: Sequence[Signature], sealer: Sealer) -> list[Signature]:
    """Choose what stays of one petition; nobody loses a second name that their own mailbox had before."""
    held = max(sum(s.supporter_id == owner for s in signatures) for owner in _owners(signatures))
    room = max(signatures[0].petition.names_per_mailbox, held)
    staying: dict[str, Signature] = {}
    for signature in sorted(signatures, key=_rank):
        staying.setdefault(_name(signature, sealer), signature)
    return list(staying.values())[:room]


def _owners(signatures: Iterable[Signature]) -> set[UUID | None]:
    return {signature.supporter_id for signature in signatures}


def _rank(signature: Signature) -> tuple[int, UUID]:
    order = [Signature.WithdrawnBy.MODERATOR, Signature.WithdrawnBy.NOBODY, Signature.WithdrawnBy.SIGNER]
    return order.index(Signature.WithdrawnBy(signature.withdrawn_by)), signature.pk


def _name(signature: Signature, sealer: Sealer) -> str:
    assert signature.sealed is not None  # noqa: S101 -- for the type checker: it has a supporter
    return plain_name(signature_open(signature.sealed, signature_id=signature.pk, sealer=sealer).name)


def _remove(going: Iterable[Signature]) -> None:
    for signature in going:
        if signature.state == Signature.State.CONFIRMED:
            TallyDelta.objects.create(petition_id=signature.petition_id, delta=-1)
        Signature.objects.filter(pk=signature.pk).delete()


def _seat(staying: Iterable[Signature], owner: Supporter) -> None:
    """Give the signatures of one petition to their owner, in slots from 0 on, never two in one."""
    ordered = sorted(staying, key=lambda s: (s.supporter_id != owner.pk, s.slot, s.pk))
    for slot, signature in enumerate(ordered):
        Signature.objects.filter(pk=signature.pk).update(supporter=owner, slot=slot)
