"""SMTP with DKIM: Django's own backend, with a signature put before each message when a key is set."""

import re
from datetime import UTC, datetime
from email.utils import parseaddr, parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend as DjangoBackend
from django.core.mail.message import sanitize_address

from undersign.foundation.keys import load_keys
from undersign.messaging.dkim import DkimSigner, dkim_signer
from undersign.messaging.errors import MailSettingInvalid
from undersign.messaging.senders.pipelining import mail_hand_over
from undersign.messaging.wire import wire_bytes

# Most addresses; nothing in them needs quoting or encoding (RFC 5321 §4.1.2).
_PLAIN = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


class EmailBackend(DjangoBackend):
    """Sends one message after the other on one connection; raises what smtplib raises."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._signer = signer_of_settings()

    def _send(self, email_message: EmailMessage) -> bool:
        recipients = [_bare(address) for address in email_message.recipients()]
        if not recipients or self.connection is None:
            return False
        content = wire_bytes(email_message)
        if self._signer is not None:
            content = self._signer.header(content, at=_date_of(email_message)) + content
        sender = _sender(email_message.from_email)
        if len(recipients) == 1:
            mail_hand_over(self.connection, sender, recipients[0], content)
        else:
            self.connection.sendmail(sender, recipients, content)
        return True


def signer_of_settings() -> DkimSigner | None:
    """Make the signer that the settings describe; None while no domain is set. Raises MailSettingInvalid."""
    if not settings.DKIM_DOMAIN:
        return None
    return dkim_signer(domain=settings.DKIM_DOMAIN, selector=settings.DKIM_SELECTOR, pem=_private_key())


def _private_key() -> bytes:
    if settings.DKIM_KEY_FILE:
        return Path(settings.DKIM_KEY_FILE).read_bytes()
    pem = load_keys(settings.KEYS_FILE).dkim_private_key
    if pem is None:
        raise MailSettingInvalid(
            "UNDERSIGN_DKIM_DOMAIN is set, but there is no key: set UNDERSIGN_DKIM_KEY_FILE, "
            "or put one into the keys file."
        )
    return pem.encode()


def _bare(address: str) -> str:
    """Give an address for the envelope, without a display name. Raises ValueError."""
    if _PLAIN.fullmatch(address):
        return address
    return parseaddr(sanitize_address(address, "utf-8"))[1]


_sender = lru_cache(maxsize=256)(_bare)  # an organisation's is that of all its mails; parsing is slow


def _date_of(message: EmailMessage) -> datetime:
    date = message.extra_headers.get("Date")
    return parsedate_to_datetime(date) if date else datetime.now(UTC)
