"""Everything that changes a petition: its beginning, its texts, its form, and whether it can be signed."""

from undersign.campaigns.services.petitions import (
    petition_create,
    petition_publish,
    petition_readdress,
    petition_unpublish,
)
from undersign.campaigns.services.texts import petition_text_publish

__all__ = [
    "petition_create",
    "petition_publish",
    "petition_readdress",
    "petition_text_publish",
    "petition_unpublish",
]
