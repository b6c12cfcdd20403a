"""What django-anymail understood of a provider's report, in our own words."""

from typing import Any
from uuid import UUID

import structlog
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.conf import settings
from django.utils import timezone

from undersign.foundation.keys import load_keys
from undersign.messaging.senders.replies import says_no_mailbox
from undersign.messaging.services.returns import ReturnedMail, mail_return
from undersign.supporters.models import Suppression

log = structlog.get_logger()

_RETURNED = {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED, EventType.COMPLAINED}


def receiver_connect() -> None:
    """Listen to django-anymail, which offers no other way."""
    tracking.connect(report_receive, dispatch_uid="undersign")


def report_receive(*, event: AnymailTrackingEvent, esp_name: str, **_rest: Any) -> None:
    """Record a bounce or a complaint; everything else a provider reports does not concern us."""
    returned = _returned(event) if event.event_type in _RETURNED else None
    if returned is None:
        return
    keys = load_keys(settings.KEYS_FILE).index_keys
    is_known = mail_return(returned=returned, keys=keys, at=timezone.now())
    log.info("mail_returned", provider=esp_name, event_type=event.event_type, is_known=is_known)


def _returned(event: AnymailTrackingEvent) -> ReturnedMail | None:
    try:
        outbox_id = UUID((event.metadata or {}).get("outbox", ""))
    except ValueError:
        return None  # a mail of the platform itself, which no outbox row stands for
    words = event.mta_response or event.description or event.reject_reason or event.event_type
    return ReturnedMail(
        outbox_id=outbox_id,
        recipient=event.recipient or "",
        words=words,
        suppress=_suppression(event, words) if event.recipient else "",
        is_bounce=event.event_type != EventType.COMPLAINED,
    )


def _suppression(event: AnymailTrackingEvent, words: str) -> str:
    """Give the reason to suppress. Providers call full mailboxes bounces too, so the code decides."""
    if event.event_type == EventType.COMPLAINED or event.reject_reason == RejectReason.SPAM:
        return Suppression.Reason.COMPLAINED
    is_gone = event.reject_reason == RejectReason.INVALID or says_no_mailbox(words)
    return Suppression.Reason.BOUNCED if is_gone else ""
