"""The outbox: every mail that has to go out is a row first."""

from django.db import models

from undersign.foundation.ids import uuid7
from undersign.supporters.models import Organisation


class OutboxMail(models.Model):
    """A mail to be sent, with its cause. It holds no address: the composer finds that when it is sent."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        HELD = "held"  # its cause waits for a moderator
        SENT = "sent"
        FAILED = "failed"  # refused for good by the mail server
        BOUNCED = "bounced"
        DROPPED = "dropped"  # its cause is gone or its mailbox is suppressed

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=30, help_text="Which composer writes it, such as “confirm”.")
    cause_id = models.UUIDField(help_text="What it is about; for “confirm” an attempt.")
    round = models.PositiveSmallIntegerField(default=0, help_text="How often this was asked for before.")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    petition_id = models.BigIntegerField(null=True)
    email_key = models.BinaryField(help_text="Whom it is for, within the organisation.")
    mailbox_key = models.BinaryField(
        null=True, help_text="Whose limits it counts against, in the whole instance; set when it is sent."
    )
    network = models.GenericIPAddressField(
        null=True, help_text="/24 or /64 of whoever asked for it: who asks often waits behind the others."
    )
    priority = models.SmallIntegerField(
        default=0, help_text="Lower goes first: confirmations overtake mailings."
    )
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.QUEUED)
    not_before = models.DateTimeField()
    claimed_until = models.DateTimeField(
        null=True, help_text="A worker has it; after this instant another may."
    )
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    last_error = models.CharField(
        max_length=300, blank=True, help_text="What the mail server said, without addresses."
    )
    provider = models.CharField(
        max_length=60,
        blank=True,
        db_default="",
        help_text="Domain of a large mail provider, or “other”; empty until a server has answered.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cause_id", "kind", "round"], name="one_mail_per_cause_and_round"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["queued", "held", "sent", "failed", "bounced", "dropped"]),
                name="outbox_status",
            ),
        ]
        indexes = [
            models.Index(
                fields=["priority", "not_before"], condition=models.Q(status="queued"), name="outbox_to_send"
            ),
            models.Index(
                fields=["mailbox_key", "done_at"], condition=models.Q(status="sent"), name="outbox_limits"
            ),
            models.Index(
                fields=["email_key", "done_at"], condition=models.Q(status="sent"), name="outbox_caps"
            ),
            models.Index(
                fields=["organisation", "-done_at"],
                condition=models.Q(status__in=["failed", "bounced"]),
                name="outbox_undelivered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.cause_id} ({self.status})"


class OfflineMail(models.Model):
    """A mail that had no server to go to; organisers read it in the mailbox. Sealed, gone after a day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="Empty for mails of the platform itself, such as a new password for an account.",
    )
    at = models.DateTimeField()
    sealed = models.BinaryField(help_text="The whole message as it would have gone out.")

    class Meta:
        indexes = [models.Index(fields=["organisation", "-at"], name="offline_mail_newest")]

    def __str__(self) -> str:
        return f"offline mail {self.id}"
