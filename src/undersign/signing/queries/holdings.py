"""What one organisation keeps of a mailbox: numbers and days, never who."""

from dataclasses import dataclass
from datetime import datetime

from undersign.campaigns.models import Petition
from undersign.foundation.ids import uuid7_at
from undersign.messaging.models import OutboxMail
from undersign.signing.models import Attempt, Signature
from undersign.supporters.mailbox import KnownMailbox
from undersign.supporters.mailbox_queries import supporters_at
from undersign.supporters.models import Consent


@dataclass(frozen=True, slots=True)
class Holding:
    """How much there is. `waiting` are forms not confirmed; `consents` are answers, yes or no.

    `since` is the instant of the oldest; `frozen` are the slugs of petitions that are read-only and signed.
    """

    signatures: int
    consents: int
    waiting: int
    mails: int
    since: datetime
    frozen: tuple[str, ...]


def holding_of(mailbox: KnownMailbox) -> Holding | None:
    """Look what is kept of a mailbox; None if nothing is but, at most, its hash."""
    supporters = supporters_at(mailbox)
    signatures = Signature.objects.filter(supporter__in=supporters)
    keys = list(mailbox.keys.values())
    petitions = Petition.objects.filter(organisation=mailbox.organisation_id)
    attempts = Attempt.objects.filter(
        email_key__in=keys, petition_id__in=list(petitions.values_list("pk", flat=True))
    )
    mails = OutboxMail.objects.filter(organisation=mailbox.organisation_id, email_key__in=keys)
    instants = [supporter.created_at for supporter in supporters]
    waiting, written = (list(rows.values_list("pk", flat=True)) for rows in (attempts, mails))
    instants += [uuid7_at(id_) for id_ in (*waiting, *written)]
    if not instants:
        return None
    frozen = petitions.filter(read_only_at__isnull=False, signatures__in=signatures)
    return Holding(
        signatures=signatures.count(),
        consents=Consent.objects.filter(supporter__in=supporters).count(),
        waiting=len(waiting),
        mails=len(written),
        since=min(instants),
        frozen=tuple(sorted(set(frozen.values_list("slug", flat=True)))),
    )
