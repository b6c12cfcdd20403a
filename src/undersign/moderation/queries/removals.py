"""What was removed from a petition, for everybody to read."""

from collections.abc import Sequence

from undersign.moderation.models import Removal

# What the worker has not come to an end with is still moving.
_SETTLED = (Removal.Status.DONE, Removal.Status.FAILED, Removal.Status.UNDONE)


def removals_public(petition_id: int) -> Sequence[Removal]:
    """Give the removals that took anything off, newest first; those undone as well."""
    return list(
        Removal.objects.filter(petition_id=petition_id, status__in=_SETTLED, removed__gt=0).order_by("-at")
    )
