"""Handing mails to Django's mail backend, one connection for many mails, and reading what comes back."""

import smtplib
from collections.abc import Callable
from types import TracebackType
from typing import Self

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError

from undersign.messaging.errors import MailServerTrouble
from undersign.messaging.senders.outcome import ACCEPTED, Fate, Outcome
from undersign.messaging.senders.replies import outcome_of_reply, without_address

# A provider's HTTP answers that speak of this one message and will not change.
_REFUSES_MESSAGE = {400, 406, 413, 422}


class Transport:
    """A connection to the mail server, opened when needed and again after it broke. Not thread-safe."""

    def __init__(self, backend: Callable[[], BaseEmailBackend]) -> None:
        self._make_backend = backend
        self._backend: BaseEmailBackend | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_connected(self) -> bool:
        """Tell whether the connection is open, as far as we know."""
        return self._backend is not None

    def connect(self) -> None:
        """Open the connection unless it is open. Raises MailServerTrouble; no mail was handed over then."""
        if self._backend is not None:
            return
        backend = self._make_backend()
        try:
            backend.open()
        except (OSError, smtplib.SMTPException, AnymailError) as error:
            raise MailServerTrouble(_plain(error)) from error
        self._backend = backend

    def send(self, message: EmailMessage) -> Outcome:
        """Send a message to its one recipient; `connect` first. Raises MailServerTrouble."""
        if self._backend is None:
            raise MailServerTrouble("there is no connection")
        try:
            self._backend.send_messages([message])
        except smtplib.SMTPException as error:
            return self._outcome_of_smtp(error, message.to[0])
        except AnymailError as error:
            return _outcome_of_provider(error, message.to[0])
        except (OSError, DatabaseError) as error:  # the offline mailbox is in the database
            self.close()
            raise MailServerTrouble(_plain(error)) from error
        return ACCEPTED

    def close(self) -> None:
        """Say good-bye to the server; whatever it answers, the mails are sent."""
        backend, self._backend = self._backend, None
        if backend is None:
            return
        try:
            backend.close()
        except (OSError, smtplib.SMTPException):
            return

    def _outcome_of_smtp(self, error: smtplib.SMTPException, recipient: str) -> Outcome:
        match error:
            case smtplib.SMTPRecipientsRefused(recipients=refused) if not _is_closing(refused):
                code, text = next(iter(refused.values()))
                return outcome_of_reply(code, text, recipient=recipient)
            case smtplib.SMTPDataError(smtp_code=code, smtp_error=text) if code != _CLOSING:
                return outcome_of_reply(code, text, recipient=recipient)
        # Everything else (log-in, greeting, our own address refused, 421, a closed connection) would hit
        # the next mail as well, and is nobody's fault who waits for a mail.
        self.close()
        raise MailServerTrouble(without_address(_plain(error), recipient=recipient)) from error


_CLOSING = 421  # RFC 5321 §3.8: the server closes the connection


def _is_closing(refused: dict[str, tuple[int, bytes]]) -> bool:
    return any(code == _CLOSING for code, _ in refused.values())


def _outcome_of_provider(error: AnymailError, recipient: str) -> Outcome:
    words = without_address(_plain(error), recipient=recipient)[:300]
    if isinstance(error, AnymailRecipientsRefused):
        return Outcome(Fate.REFUSED, words)
    if isinstance(error, AnymailAPIError) and error.status_code in _REFUSES_MESSAGE:
        return Outcome(Fate.REFUSED, words)
    raise MailServerTrouble(words) from error


def _plain(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
