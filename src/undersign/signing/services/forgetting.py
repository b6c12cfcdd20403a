"""Forgetting what somebody signed."""

from datetime import datetime

from django.db.models import Count

from undersign.signing.models import Attempt, Signature, TallyDelta
from undersign.supporters.models import Supporter


class SignatureHolder:
    """Deletes the signatures of a supporter with their events, and attempts not confirmed; counts follow."""

    def supporter_forget(self, supporter: Supporter, at: datetime) -> None:
        """Delete them."""
        mine = Signature.objects.filter(supporter=supporter)
        counted = mine.filter(state=Signature.State.CONFIRMED).values("petition_id").annotate(n=Count("id"))
        TallyDelta.objects.bulk_create(
            TallyDelta(petition_id=row["petition_id"], delta=-row["n"]) for row in counted.order_by()
        )
        petitions = supporter.organisation.petitions.values_list("pk", flat=True)
        Attempt.objects.filter(petition_id__in=list(petitions), email_key=supporter.email_key).delete()
        mine.delete()
