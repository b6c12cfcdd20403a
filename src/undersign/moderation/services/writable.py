"""Whether a moderator may change anything now."""

from undersign.campaigns.models import Petition
from undersign.foundation.switches import switches
from undersign.moderation.errors import PetitionReadOnly


def writable_require(petition: Petition) -> None:
    """Raise PetitionReadOnly where the petition or the whole instance is."""
    if petition.read_only_at is not None or switches().read_only_at is not None:
        raise PetitionReadOnly
