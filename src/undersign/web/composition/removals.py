"""What the public pages tell of signatures that were removed."""

from django.utils import timezone

from undersign.moderation.models import Removal
from undersign.moderation.queries.removals import removals_public
from undersign.web.presentation.removals import RemovalView


def removal_views(petition_id: int) -> tuple[RemovalView, ...]:
    """Give every removal of a petition, newest first."""
    return tuple(_view(removal) for removal in removals_public(petition_id))


def removed_total(petition_id: int) -> int:
    """Tell how many signatures were removed and not put back."""
    return sum(removal.removed - removal.restored for removal in removals_public(petition_id))


def _view(removal: Removal) -> RemovalView:
    return RemovalView(
        count=removal.removed,
        removed_on=timezone.localdate(removal.done_at or removal.progressed_at),
        reason=removal.reason,
        put_back=removal.restored,
        put_back_on=timezone.localdate(removal.undone_at) if removal.undone_at else None,
    )
