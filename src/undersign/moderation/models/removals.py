"""What moderators took off, and can put back."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from undersign.campaigns.models import Petition
from undersign.foundation.ids import uuid7
from undersign.moderation.models.searches import NameSearch


class Removal(models.Model):
    """Signatures that a moderator took off a petition together; the public page tells of it."""

    class Reason(models.TextChoices):
        """Why, in words that the public reads as well: see web.presentation.removals."""

        NETWORK = "network", _("many from one network within a short time")
        PROGRAM = "program", _("sent by a program")
        MADE_UP = "made_up", _("made-up names")
        REPEATED = "repeated", _("the same person many times")
        NOT_THEIRS = "not_theirs", _("people who told us that they had not signed")
        OTHER = "other", _("against the rules of this petition")

    class Status(models.TextChoices):
        REQUESTED = "requested", _("waiting for the worker")
        WORKING = "working", _("being removed")
        DONE = "done", _("removed")
        FAILED = "failed", _("stopped")
        UNDOING = "undoing", _("being put back")
        UNDONE = "undone", _("put back")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="removals")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()
    criteria = models.JSONField(help_text="What was chosen, see selection.Criteria; emptied after 30 days.")
    search = models.ForeignKey(
        NameSearch, null=True, on_delete=models.RESTRICT, related_name="removals", help_text="Whose finds."
    )
    reason = models.CharField(max_length=12, choices=Reason.choices)
    words = models.CharField(max_length=200, blank=True, help_text="For colleagues; not published.")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.REQUESTED)
    expected = models.PositiveBigIntegerField(help_text="How many the preview counted.")
    removed = models.PositiveBigIntegerField(default=0)
    restored = models.PositiveBigIntegerField(default=0)
    progressed_at = models.DateTimeField(help_text="When the worker last got on with it.")
    done_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["requested", "working", "done", "failed", "undoing", "undone"]
                ),
                name="removal_status",
            ),
            models.CheckConstraint(
                condition=models.Q(restored__lte=models.F("removed")), name="removal_restores_its_own"
            ),
        ]
        indexes = [models.Index(fields=["petition", "-at"], name="removals_newest")]

    def __str__(self) -> str:
        return f"removal of {self.removed} from {self.petition_id} ({self.status})"

    @property
    def is_pending(self) -> bool:
        """Whether the worker still has something to do."""
        return self.status in {self.Status.REQUESTED, self.Status.WORKING, self.Status.UNDOING}


class RemovedSignature(models.Model):
    """One signature that a removal took off, for its undoing.

    No foreign key to the signature: its owner may be erased and need not wait for us. Gone after 30 days.
    """

    removal = models.ForeignKey(Removal, on_delete=models.CASCADE, related_name="items", db_index=False)
    signature_id = models.UUIDField()
    event_id = models.UUIDField(help_text="The event of the withdrawal; what came after it is not ours.")

    class Meta:
        constraints = [
            # Undoing walks a removal in this order.
            models.UniqueConstraint(fields=["removal", "signature_id"], name="removed_once")
        ]
        indexes = [
            # Whoever is erased is forgotten here too.
            models.Index(fields=["signature_id"], name="removed_signature")
        ]

    def __str__(self) -> str:
        return f"{self.signature_id} by {self.removal_id}"
