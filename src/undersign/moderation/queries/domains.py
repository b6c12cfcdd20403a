"""What is known of mail domains, by the names that attempts and signatures have them by."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from undersign.moderation.models import MailDomain
from undersign.supporters.models import Organisation


def domains_found(organisation: Organisation, names: Collection[str]) -> dict[str, MailDomain]:
    """Return what is known of these domains, by name; of large providers nothing is asked."""
    return {found.name: found for found in organisation.mail_domains.filter(name__in=names)}


def domains_in_doubt(organisation: Organisation) -> QuerySet[MailDomain]:
    """Return the domains that give mailboxes to be thrown away, or take no mail, the newest first."""
    doubtful = Q(is_disposable=True) | Q(finding=MailDomain.Finding.NONE)
    return organisation.mail_domains.filter(doubtful).order_by("-met_at", "-pk")
