"""What organisers take away with them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from undersign.campaigns.models import Petition
from undersign.foundation.ids import uuid7


class Format(models.TextChoices):
    """A kind of table."""

    CSV = "csv", _("CSV")
    XLSX = "xlsx", _("Excel (XLSX)")


class SignatureExport(models.Model):
    """A download of one petition's signatures: asked for, made by the worker, gone after a day.

    Its file lies sealed in the data directory, named after the row; the row stays as a record without it.
    """

    class Status(models.TextChoices):
        REQUESTED = "requested", _("waiting for the worker")
        WORKING = "working", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("expired")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="exports")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(help_text="When it was asked for; later signatures are not in it.")
    format = models.CharField(max_length=4, choices=Format.choices)
    columns = models.JSONField(default=list, help_text="The headings of the table, from the left.")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.REQUESTED)
    rows = models.PositiveBigIntegerField(default=0, help_text="Written so far.")
    progressed_at = models.DateTimeField(help_text="When the worker last got on with it.")
    error = models.CharField(max_length=300, blank=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["requested", "working", "ready", "failed", "expired"]),
                name="signature_export_status",
            ),
            models.CheckConstraint(
                condition=models.Q(format__in=["csv", "xlsx"]), name="signature_export_format"
            ),
            models.CheckConstraint(
                condition=~models.Q(status="ready") | models.Q(expires_at__isnull=False),
                name="signature_export_expires",
            ),
            models.UniqueConstraint(
                fields=["petition", "requested_by", "format"],
                condition=models.Q(status__in=["requested", "working"]),
                name="one_export_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["petition", "-at"], name="signature_exports_newest")]

    def __str__(self) -> str:
        return f"{self.format} of {self.petition_id} ({self.status})"

    @property
    def is_pending(self) -> bool:
        """Whether the worker still has something to do."""
        return self.status in {self.Status.REQUESTED, self.Status.WORKING}
