"""What every package may need to record: who did what, which switches are set, and what has changed."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class AuditEntry(models.Model):
    """One act of a person or of the platform that somebody may have to answer for. Append-only."""

    at = models.DateTimeField(db_default=Now())
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(
        max_length=200, help_text="Kept when the account is deleted; “system” for the platform."
    )
    organisation_id = models.BigIntegerField(
        null=True, help_text="The wall behind which this entry may be read."
    )
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=100, help_text="What it was done to, such as “petition:12”.")
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["organisation_id", "-at"], name="audit_by_organisation")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action} {self.subject}"


class Switches(models.Model):
    """The one row of switches for the whole instance; an instant says since when a switch is on."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    signing_paused_at = models.DateTimeField(null=True, blank=True)
    mail_paused_at = models.DateTimeField(null=True, blank=True)
    read_only_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_row_of_switches")]

    def __str__(self) -> str:
        return "switches of this instance"


class Change(models.Model):
    """The newest version of something that processes keep in memory; they poll it once a second.

    Nobody is notified: reconnects lose notifications and poolers break LISTEN.
    """

    topic = models.CharField(max_length=100, primary_key=True)
    version = models.BigIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["changed_at"], name="change_by_time")]

    def __str__(self) -> str:
        return f"{self.topic} {self.version}"


class Heartbeat(models.Model):
    """When a loop of the worker last did its round, so that `undersign doctor` can tell that it does."""

    loop = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.loop} at {self.at:%Y-%m-%d %H:%M:%S}"
