"""Mails that came back."""

from collections.abc import Iterable

from django.db.models import Count

from undersign.messaging.models import OutboxMail


def undelivered_counts(organisation_ids: Iterable[int]) -> dict[int, int]:
    """Count the refused and bounced mails of each petition of these organisations that has any."""
    undelivered = OutboxMail.objects.filter(
        organisation__in=list(organisation_ids),
        status__in=[OutboxMail.Status.FAILED, OutboxMail.Status.BOUNCED],
        petition_id__isnull=False,
    )
    return dict(undelivered.values_list("petition_id").annotate(count=Count("pk")))
