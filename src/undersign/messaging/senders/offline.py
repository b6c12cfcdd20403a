"""Where mails go while no server is set: sealed into the database, for the mailbox page in the admin."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from undersign.foundation.keys import load_keys
from undersign.foundation.sealing import Sealer
from undersign.messaging.services.offline import offline_mails_keep


class EmailBackend(BaseEmailBackend):
    """Reaches nobody but the organisers. Mails without an organisation are the platform's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sealer = Sealer(load_keys(settings.KEYS_FILE))

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Seal messages into the mailbox and tell how many."""
        offline_mails_keep(email_messages, sealer=self._sealer)
        return len(email_messages)
