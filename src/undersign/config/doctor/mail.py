"""Mail: somewhere to send it, a key to sign it, and nothing that waits too long."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.core.mail import get_connection

from undersign.config.doctor.findings import Examination, Finding, fail, ok, rows, warn
from undersign.foundation.keys import KeysError
from undersign.foundation.switches import switches
from undersign.messaging.errors import MailSettingInvalid
from undersign.messaging.mail_url import OFFLINE
from undersign.messaging.queries.outbox import outbox_state
from undersign.messaging.senders.smtp import signer_of_settings

SLOW, STUCK = timedelta(minutes=5), timedelta(minutes=30)
STALE_CLAIMS = """
SELECT count(*) FROM messaging_outboxmail WHERE status = 'queued' AND claimed_until < %s
"""


def outbox(examination: Examination) -> Iterator[Finding]:
    """Tell how long the oldest due mail has waited, and whether a worker died with some in hand."""
    state = outbox_state(at=examination.at)
    waited = examination.at - state.oldest_due_at if state.oldest_due_at else timedelta()
    said = f"{state.due:,} due, the oldest for {waited.total_seconds():.0f} s"
    if switches().mail_paused_at:
        yield warn("outbox", f"{said}; mail is paused by a switch.")
    elif waited > STUCK:
        yield fail("outbox", f"{said}. Is a worker running, and does the mail server answer?")
    else:
        yield (warn if waited > SLOW else ok)("outbox", said)
    [[stale]] = rows(STALE_CLAIMS, examination.at - SLOW)
    if stale:
        yield warn("outbox", f"{stale:,} were left by a worker that did not finish; the next one takes them.")


def server(_examination: Examination) -> Iterator[Finding]:
    """Connect to the mail server of the settings, and log in."""
    if settings.EMAIL_BACKEND == OFFLINE:
        yield warn("mail server", "UNDERSIGN_MAIL_URL is not set: mails go to the mailbox page.")
        return
    try:
        connection = get_connection(fail_silently=False)
        connection.open()
        connection.close()
    except (OSError, KeysError, MailSettingInvalid, FileNotFoundError) as error:
        yield fail("mail server", f"cannot be used: {error}")
    else:
        yield ok("mail server", "takes our connection")


def dkim(_examination: Examination) -> Iterator[Finding]:
    """Require a signature on mails; large providers refuse many without."""
    if settings.EMAIL_BACKEND == OFFLINE:
        return
    try:
        signer = signer_of_settings()
    except (KeysError, MailSettingInvalid, OSError) as error:
        yield fail("DKIM", str(error))
        return
    if signer is None:
        yield warn("DKIM", "UNDERSIGN_DKIM_DOMAIN is not set. Unless the server signs, mails get refused.")
    else:
        yield ok("DKIM", f"signs for {settings.DKIM_DOMAIN}, selector {settings.DKIM_SELECTOR}")
