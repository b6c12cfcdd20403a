"""Forgetting what somebody signed, or began to."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count

from undersign.campaigns.models import Petition
from undersign.foundation.changes import change_record, petition_topic
from undersign.foundation.ids import uuid7_at
from undersign.signing.models import Attempt, Signature, TallyDelta
from undersign.supporters.models import Supporter


class SignatureHolder:
    """Deletes the signatures of a supporter with their events; counts follow, and pages are drawn anew."""

    def supporter_forget(self, supporter: Supporter, at: datetime) -> None:
        """Delete them."""
        mine = Signature.objects.filter(supporter=supporter)
        counted = mine.filter(state=Signature.State.CONFIRMED).values("petition_id").annotate(n=Count("id"))
        TallyDelta.objects.bulk_create(
            TallyDelta(petition_id=row["petition_id"], delta=-row["n"]) for row in counted.order_by()
        )
        signed = sorted(set(mine.values_list("petition_id", flat=True)))
        mine.delete()
        for petition_id in signed:
            change_record(topic=petition_topic(petition_id), at=at)


class AttemptHolder:
    """Deletes the forms from a mailbox that wait to be confirmed, so that their links confirm nothing."""

    def mailboxes_forget(self, organisation_id: int, until: Mapping[bytes, datetime]) -> None:
        """Delete them."""
        petitions = Petition.objects.filter(organisation=organisation_id).values_list("pk", flat=True)
        theirs = Attempt.objects.filter(petition_id__in=list(petitions), email_key__in=list(until))
        rows = theirs.values_list("pk", "email_key")
        gone = [pk for pk, key in rows if uuid7_at(pk) <= until[bytes(key)]]
        Attempt.objects.filter(pk__in=gone).delete()
