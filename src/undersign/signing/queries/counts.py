"""The count, as pages show it and as the signatures themselves give it."""

from collections.abc import Iterable

from django.db.models import Count

from undersign.signing.models import Signature, Tally


def counts_shown(petition_ids: Iterable[int]) -> dict[int, int]:
    """Give the folded count of each petition; 0 where nobody has signed."""
    ids = list(petition_ids)
    counts = dict(Tally.objects.filter(petition_id__in=ids).values_list("petition_id", "count"))
    return {petition_id: counts.get(petition_id, 0) for petition_id in ids}


def counts_recounted() -> dict[int, int]:
    """Count the confirmed signatures of every petition anew: slow, for `undersign doctor`."""
    rows = Signature.objects.filter(state=Signature.State.CONFIRMED).values("petition_id")
    return dict(rows.annotate(n=Count("id")).values_list("petition_id", "n"))
