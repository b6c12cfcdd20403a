"""Where the ports that lower packages declare meet what upper packages have for them."""

from undersign.campaigns.ports import binder_appoint
from undersign.messaging.services.forgetting import MailHolder
from undersign.moderation.services.expiry import ModerationHolder
from undersign.signing.bindings import Bindings
from undersign.signing.services.forgetting import AttemptHolder, SignatureHolder
from undersign.supporters.ports import data_holder_appoint, mailbox_holder_appoint
from undersign.web.models import OrganisationPage, PetitionPage
from undersign.web.previews import painter_register
from undersign.web.publishing import receivers_connect
from undersign.web.views.organisations import organisation_preview
from undersign.web.views.petitions import petition_preview
from undersign.web.webhooks.receiver import receiver_connect


def wire() -> None:
    """Appoint everybody who answers for another package; called once for each process."""
    binder_appoint(Bindings())
    data_holder_appoint(ModerationHolder())
    data_holder_appoint(SignatureHolder())
    mailbox_holder_appoint(AttemptHolder())
    mailbox_holder_appoint(MailHolder())
    receivers_connect()
    receiver_connect()
    painter_register(PetitionPage, petition_preview)
    painter_register(OrganisationPage, organisation_preview)
