"""Attempts, signatures and the count. Written by SQL in batches (see services); read through queries."""

from django.conf import settings
from django.db import models

from undersign.campaigns.models import Petition, PetitionText
from undersign.foundation.ids import uuid7
from undersign.supporters.models import Supporter


class Attempt(models.Model):
    """A submitted form that nobody has confirmed yet: insert-only, sealed, gone with its day's partition.

    The table is partitioned by range of `id` (UUIDv7, so by time); migration 0001 creates it by hand.
    It has no foreign keys: the petition and text come from the snapshot the form was checked
    against, and are checked again by the constraints on Signature when the attempt is confirmed.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    petition_id = models.BigIntegerField()
    text_id = models.BigIntegerField()
    sealed = models.BinaryField(help_text="What was typed, see payload.AttemptPayload.")
    email_key = models.BinaryField()
    index_epoch = models.PositiveSmallIntegerField()
    locale = models.CharField(max_length=12)
    network = models.GenericIPAddressField(null=True, help_text="/24 or /64 of the client.")
    source = models.CharField(max_length=100, blank=True, help_text="Which link brought them.")
    held_reason = models.CharField(
        max_length=30, blank=True, help_text="Why it waits for a moderator; empty if not."
    )
    mail_domain = models.CharField(max_length=64, blank=True, help_text="See identity.mail_domain.")

    class Meta:
        managed = False
        db_table = "signing_attempt"

    def __str__(self) -> str:
        return f"attempt {self.id}"


class SpentProof(models.Model):
    """A proof that came with a form; it is good for no other one. Forgotten some hours later."""

    id = models.UUIDField(primary_key=True, editable=False)
    attempt_id = models.UUIDField()

    def __str__(self) -> str:
        return f"proof {self.id}"


class Display(models.TextChoices):
    """How a signer's name stands in the public list. Nothing is preselected."""

    FULL = "full"
    INITIAL = "initial"
    ANONYMOUS = "anonymous"


class Signature(models.Model):
    """One person's name under one version of one petition; without a supporter, the person is forgotten."""

    class State(models.TextChoices):
        CONFIRMED = "confirmed"
        WITHDRAWN = "withdrawn"

    class WithdrawnBy(models.TextChoices):
        NOBODY = ""
        SIGNER = "signer"
        MODERATOR = "moderator"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    petition = models.ForeignKey(
        Petition, on_delete=models.PROTECT, related_name="signatures", db_index=False
    )
    supporter = models.ForeignKey(Supporter, null=True, on_delete=models.PROTECT, related_name="signatures")
    slot = models.PositiveSmallIntegerField(default=0)
    attempt_id = models.UUIDField(unique=True, null=True)
    text = models.ForeignKey(PetitionText, on_delete=models.PROTECT, related_name="+", db_index=False)
    name_key = models.BinaryField(
        null=True, help_text="Keyed hash of the name: tells two people at one mailbox apart."
    )
    sealed = models.BinaryField(
        null=True, help_text="Name, postcode, phone and reason as given, see payload.SignaturePayload."
    )
    display = models.CharField(max_length=9, choices=Display.choices)
    public_name = models.CharField(
        max_length=200, blank=True, help_text="As its owner chose; empty if anonymous."
    )
    country = models.CharField(max_length=2, blank=True)
    postcode_area = models.CharField(max_length=8, blank=True)
    locale = models.CharField(max_length=12)
    network = models.GenericIPAddressField(null=True)
    source = models.CharField(max_length=100, blank=True)
    mail_domain = models.CharField(
        max_length=64,
        blank=True,
        db_default="",
        help_text="A large provider's name, else a keyed hash: see identity.mail_domain.",
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.CONFIRMED)
    withdrawn_by = models.CharField(
        max_length=9, choices=WithdrawnBy.choices, blank=True, default=WithdrawnBy.NOBODY
    )
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["petition", "supporter", "slot"], name="one_signature_per_slot"),
            models.CheckConstraint(condition=models.Q(slot__lte=1), name="signature_slot"),
            models.CheckConstraint(condition=models.Q(display__in=Display.values), name="signature_display"),
            models.CheckConstraint(
                condition=(models.Q(state="confirmed", withdrawn_by=""))
                | models.Q(state="withdrawn", withdrawn_by__in=["signer", "moderator"]),
                name="signature_state",
            ),
            models.CheckConstraint(
                condition=models.Q(display="anonymous", public_name="")
                | (models.Q(display__in=["full", "initial"]) & ~models.Q(public_name="")),
                name="signature_public_name",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    supporter__isnull=True,
                    attempt_id__isnull=True,
                    name_key__isnull=True,
                    sealed__isnull=True,
                    network__isnull=True,
                    display="anonymous",
                    postcode_area="",
                    source="",
                )
                | models.Q(
                    supporter__isnull=False,
                    attempt_id__isnull=False,
                    name_key__isnull=False,
                    sealed__isnull=False,
                ),
                name="signature_of_somebody_or_forgotten",
            ),
            models.CheckConstraint(
                condition=models.Q(supporter__isnull=False) | models.Q(mail_domain=""),
                name="signature_of_nobody_has_no_domain",
            ),
        ]
        indexes = [
            # The public list, newest first, by keyset; also every count and export of one petition.
            models.Index(
                fields=["petition", "-id"],
                condition=models.Q(state="confirmed"),
                name="signatures_newest",
            ),
        ]

    def __str__(self) -> str:
        return f"signature {self.id}"


class SignatureEvent(models.Model):
    """A change of a signature's state. Append-only."""

    class Kind(models.TextChoices):
        CONFIRMED = "confirmed"
        WITHDRAWN = "withdrawn"
        RESTORED = "restored"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    signature = models.ForeignKey(Signature, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["confirmed", "withdrawn", "restored"]),
                name="signature_event_kind",
            )
        ]
        # Signers are nobody who works here: confirming makes no entry.
        indexes = [
            models.Index(
                fields=["by"], condition=models.Q(by__isnull=False), name="signature_events_by_somebody"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"


class Tally(models.Model):
    """How many signatures of a petition are confirmed, up to the deltas not yet folded in."""

    petition = models.OneToOneField(
        Petition, primary_key=True, on_delete=models.CASCADE, related_name="tally"
    )
    count = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(count__gte=0), name="tally_not_negative")]
        indexes = [models.Index(fields=["updated_at"], name="tally_by_time")]

    def __str__(self) -> str:
        return f"{self.petition_id}: {self.count}"


class TallyDelta(models.Model):
    """What one statement changed of a count. Appended, folded into Tally by one job, then deleted.

    Appending beats adding to the tally's row: 12,400 against 17,300 confirmations/s in the prototype,
    and nobody who reads the petition waits for a lock.
    """

    petition_id = models.BigIntegerField()
    delta = models.IntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(delta=0), name="delta_says_something")]

    def __str__(self) -> str:
        return f"{self.petition_id}: {self.delta:+d}"
