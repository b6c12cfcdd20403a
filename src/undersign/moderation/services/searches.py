"""Asking for a search among names."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from undersign.campaigns.models import Petition
from undersign.foundation.audit import audit_record
from undersign.foundation.sealing import Sealer
from undersign.moderation.errors import SearchNotReady
from undersign.moderation.findings import Finding, finding_open, finding_seal
from undersign.moderation.jobs import name_search_defer
from undersign.moderation.models import NameSearch
from undersign.supporters.queries import Permission, permission_require


@transaction.atomic
def name_search_request(
    *, petition: Petition, finding: Finding, why: str, by: User | None, sealer: Sealer, at: datetime
) -> NameSearch:
    """Have the worker look for names; `finding` is a question without its answer. Raises NotAllowed."""
    permission_require(by=by, permission=Permission.MODERATE, organisation=petition.organisation)
    search = NameSearch(petition=petition, requested_by=by, at=at, why=why, progressed_at=at)
    search.sealed = finding_seal(finding, search_id=search.pk, sealer=sealer)
    search.save(force_insert=True)
    audit_record(
        by=by,
        at=at,
        organisation_id=petition.organisation_id,
        action="names.searched",
        subject=f"petition:{petition.pk}",
        detail={"search": str(search.pk), "why": why, "among": finding.criteria.kinds},
    )
    name_search_defer(search.pk)  # its row is in this transaction, so there is never one without the other
    return search


def name_search_open(*, search: NameSearch, by: User, sealer: Sealer, at: datetime) -> Finding:
    """Let somebody read what was found, and record it.

    Raises NotAllowed, SearchNotReady, KeyUnknown, SealBroken.
    """
    organisation = search.petition.organisation
    permission_require(by=by, permission=Permission.SEE_PEOPLE, organisation=organisation)
    if search.status != NameSearch.Status.READY or search.sealed is None:
        raise SearchNotReady
    finding = finding_open(search.sealed, search_id=search.pk, sealer=sealer)
    audit_record(
        by=by,
        at=at,
        organisation_id=search.petition.organisation_id,
        action="names.read",
        subject=f"petition:{search.petition_id}",
        detail={"search": str(search.pk), "names": len(finding.names)},
    )
    return finding
