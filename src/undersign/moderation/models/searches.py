"""What moderators look for by name."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from undersign.campaigns.models import Petition
from undersign.foundation.ids import uuid7


class NameSearch(models.Model):
    """A moderator's search for names, done by the worker, which opens seals. Gone after an hour."""

    class Status(models.TextChoices):
        REQUESTED = "requested", _("waiting for the worker")
        WORKING = "working", _("being done")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("expired")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="name_searches")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()
    why = models.CharField(max_length=200, help_text="Why names had to be opened; in the audit list too.")
    sealed = models.BinaryField(
        null=True, help_text="The question, then also the answer, see findings.Finding; empty when expired."
    )
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.REQUESTED)
    opened = models.PositiveBigIntegerField(default=0, help_text="Names looked at so far.")
    found = models.PositiveBigIntegerField(default=0)
    progressed_at = models.DateTimeField(help_text="When the worker last got on with it.")
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["requested", "working", "ready", "failed", "expired"]),
                name="name_search_status",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="expired") | models.Q(sealed__isnull=True),
                name="name_search_expired_is_empty",
            ),
        ]
        indexes = [models.Index(fields=["petition", "-at"], name="name_searches_newest")]

    def __str__(self) -> str:
        return f"search among {self.petition_id} ({self.status})"

    @property
    def is_pending(self) -> bool:
        """Whether the worker still has something to do."""
        return self.status in {self.Status.REQUESTED, self.Status.WORKING}
