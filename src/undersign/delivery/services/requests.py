"""Asking for a download, and taking it."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from undersign.campaigns.models import Petition
from undersign.delivery.errors import ExportExpired, ExportNotReady
from undersign.delivery.jobs import export_defer
from undersign.delivery.models import Format, SignatureExport
from undersign.delivery.services.writing import TableOrder
from undersign.foundation.audit import audit_record
from undersign.supporters.queries import Permission, permission_require

PENDING = (SignatureExport.Status.REQUESTED, SignatureExport.Status.WORKING)


@transaction.atomic
def export_request(*, petition: Petition, format: str, by: User, at: datetime) -> SignatureExport:  # noqa: A002 -- the word of the field
    """Have the worker make a download; one that is being made already is returned. Raises NotAllowed."""
    permission_require(by=by, permission=Permission.DOWNLOAD, organisation=petition.organisation)
    chosen = Format(format)
    Petition.objects.select_for_update(no_key=True).get(pk=petition.pk)
    pending = petition.exports.filter(requested_by=by, format=chosen, status__in=PENDING).first()
    if pending:
        return pending
    order = TableOrder(petition, chosen, at)
    export = SignatureExport.objects.create(
        petition=petition,
        requested_by=by,
        at=at,
        format=chosen,
        columns=[column.heading for column in order.columns],
        progressed_at=at,
    )
    export_record(export=export, action="signatures.requested", by=by, at=at)
    export_defer(export.pk)  # its row is in this transaction, so there is never one without the other
    return export


@transaction.atomic
def export_take(*, export: SignatureExport, by: User, at: datetime) -> None:
    """Let somebody take the file, and record it. Raises NotAllowed, ExportNotReady, ExportExpired."""
    organisation = export.petition.organisation
    permission_require(by=by, permission=Permission.DOWNLOAD, organisation=organisation)
    has_run_out = export.expires_at is not None and export.expires_at <= at
    if export.status == SignatureExport.Status.EXPIRED or has_run_out:
        raise ExportExpired
    if export.status != SignatureExport.Status.READY:
        raise ExportNotReady
    export_record(export=export, action="signatures.downloaded", by=by, at=at)


def export_record(*, export: SignatureExport, action: str, by: User | None, at: datetime) -> None:
    """Write down who did what with the signatures of a petition."""
    audit_record(
        by=by,
        at=at,
        organisation_id=export.petition.organisation_id,
        action=action,
        subject=f"petition:{export.petition_id}",
        detail={"export": str(export.pk), "format": export.format, "rows": export.rows},
    )
