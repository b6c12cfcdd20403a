"""Forgetting what was written to somebody."""

from collections.abc import Mapping
from datetime import datetime

from undersign.foundation.ids import uuid7_at
from undersign.messaging.models import OutboxMail


class MailHolder:
    """Deletes the mails to a mailbox: those that wait, and the record of those that went out."""

    def mailboxes_forget(self, organisation_id: int, until: Mapping[bytes, datetime]) -> None:
        """Delete them."""
        theirs = OutboxMail.objects.filter(organisation_id=organisation_id, email_key__in=list(until))
        rows = theirs.values_list("pk", "email_key")
        gone = [pk for pk, key in rows if uuid7_at(pk) <= until[bytes(key)]]
        OutboxMail.objects.filter(pk__in=gone).delete()
