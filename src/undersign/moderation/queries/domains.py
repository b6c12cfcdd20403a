"""What is known of mail domains, by the names that attempts and signatures have them by."""

from collections.abc import Collection, Mapping

from django.db.models import Q

from undersign.moderation.models import MailDomain


def domain_doubts(petition_id: int, names: Collection[str]) -> Mapping[str, str]:
    """Say by name what speaks against some of these domains; of large providers nothing is asked."""
    doubtful = Q(is_disposable=True) | Q(finding=MailDomain.Finding.NONE)
    found = MailDomain.objects.filter(doubtful, organisation__petitions=petition_id, name__in=names)
    return {domain.name: domain.doubt for domain in found}
