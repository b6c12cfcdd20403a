"""Forgetting what was written to somebody."""

from datetime import datetime

from undersign.messaging.models import OutboxMail
from undersign.supporters.models import Supporter


class MailHolder:
    """Deletes the mails of a supporter: those that wait, and the record of those that went out."""

    def supporter_forget(self, supporter: Supporter, at: datetime) -> None:
        """Delete them."""
        OutboxMail.objects.filter(
            organisation_id=supporter.organisation_id, email_key=supporter.email_key
        ).delete()
