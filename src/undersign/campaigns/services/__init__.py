"""Everything that changes a petition: its beginning, its texts, its form, and whether it can be signed."""

from undersign.campaigns.services.forms import PetitionForm, petition_form_change
from undersign.campaigns.services.petitions import (
    petition_create,
    petition_publish,
    petition_readdress,
    petition_unpublish,
)
from undersign.campaigns.services.records import petition_record
from undersign.campaigns.services.retirement import petition_retire
from undersign.campaigns.services.states import (
    ENDS_FROM,
    REOPENS_FROM,
    petition_close,
    petition_declare_lost,
    petition_declare_won,
    petition_freeze,
    petition_pause_mail,
    petition_pause_signing,
    petition_reopen,
    petition_resume_mail,
    petition_resume_signing,
    petition_unfreeze,
)
from undersign.campaigns.services.texts import petition_text_publish

__all__ = [
    "ENDS_FROM",
    "REOPENS_FROM",
    "PetitionForm",
    "petition_close",
    "petition_create",
    "petition_declare_lost",
    "petition_declare_won",
    "petition_form_change",
    "petition_freeze",
    "petition_pause_mail",
    "petition_pause_signing",
    "petition_publish",
    "petition_readdress",
    "petition_record",
    "petition_reopen",
    "petition_resume_mail",
    "petition_resume_signing",
    "petition_retire",
    "petition_text_publish",
    "petition_unfreeze",
    "petition_unpublish",
]
