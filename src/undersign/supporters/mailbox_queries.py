"""Who is behind a mailbox."""

from django.db.models import Q

from undersign.supporters.mailbox import KnownMailbox
from undersign.supporters.models import Supporter


def supporters_at(mailbox: KnownMailbox) -> list[Supporter]:
    """Find who confirmed something from a mailbox: one, or two that reindexing has yet to join."""
    keys = list(mailbox.keys.values())
    of_mailbox = Q(email_key__in=keys) | Q(email_key_next__in=keys)
    return list(Supporter.objects.filter(of_mailbox, organisation_id=mailbox.organisation_id))
