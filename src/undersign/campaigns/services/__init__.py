"""Everything that changes a petition: its beginning, its texts, its form, and whether it can be signed."""

from undersign.campaigns.services.petitions import (
    petition_create,
    petition_publish,
    petition_readdress,
    petition_unpublish,
)

__all__ = ["petition_create", "petition_publish", "petition_readdress", "petition_unpublish"]
