"""The count, as pages show it and as the signatures themselves give it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from undersign.signing.models import Tally


def counts_shown(petition_ids: Iterable[int]) -> dict[int, int]:
    """Give the folded count of each petition; 0 where nobody has signed."""
    ids = list(petition_ids)
    counts = dict(Tally.objects.filter(petition_id__in=ids).values_list("petition_id", "count"))
    return {petition_id: counts.get(petition_id, 0) for petition_id in ids}


@dataclass(frozen=True, slots=True)
class CountDifference:
    """A petition whose count is not the number of its confirmed signatures."""

    slug: str
    shown: int
    recounted: int


# One statement, so one snapshot: what is confirmed while it runs is in both numbers or in neither.
_DIFFERING = """
WITH recounted AS (
    SELECT petition_id, count(*) AS n FROM signing_signature WHERE state = 'confirmed' GROUP BY 1),
shown AS (
    SELECT petition_id, sum(n) AS n FROM (
        SELECT petition_id, count AS n FROM signing_tally UNION ALL
        SELECT petition_id, delta FROM signing_tallydelta) parts GROUP BY 1)
SELECT p.slug, coalesce(shown.n, 0)::bigint, coalesce(recounted.n, 0)
FROM shown FULL JOIN recounted USING (petition_id) JOIN campaigns_petition p ON p.id = petition_id
WHERE coalesce(shown.n, 0) <> coalesce(recounted.n, 0) ORDER BY p.slug
"""


def counts_differing() -> list[CountDifference]:
    """Recount everything and give what differs from tally and unfolded deltas together."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERING)
        return [CountDifference(*row) for row in cursor.fetchall()]
