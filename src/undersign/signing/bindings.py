"""Whether anybody stands behind a text already."""

from datetime import datetime

from undersign.foundation.ids import uuid7_floor
from undersign.signing.models import Attempt, Signature


class Bindings:
    """Looks for attempts and signatures by time: ids carry it, so no index on their text is needed."""

    def has_bound(self, *, petition_id: int, since: datetime) -> bool:
        """Say whether somebody has submitted the form, or has confirmed, at `since` or after."""
        first = uuid7_floor(since)
        attempts = Attempt.objects.filter(id__gte=first, petition_id=petition_id)
        signatures = Signature.objects.filter(
            petition_id=petition_id, id__gte=first, state=Signature.State.CONFIRMED
        )
        return attempts.exists() or signatures.exists()
