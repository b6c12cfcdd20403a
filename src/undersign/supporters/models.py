"""The organisations that are answerable for people's data, and the people."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from undersign.foundation.ids import uuid7


class Organisation(models.Model):
    """The data controller: it publishes petitions and answers for the data of those who sign them."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    postal_address = models.TextField(_("postal address"), help_text=_("Stands at the foot of every mail."))
    sender_name = models.CharField(_("sender name"), max_length=200)
    sender_email = models.EmailField(_("sender address"), help_text=_("Mails to signers come from here."))
    default_locale = models.CharField(_("language"), max_length=12, default="en")
    minimum_age = models.PositiveSmallIntegerField(
        _("minimum age"), default=16, validators=[MinValueValidator(13), MaxValueValidator(21)]
    )
    retention_days = models.PositiveIntegerField(
        _("days until signatures are erased"),
        default=365,
        validators=[MinValueValidator(30)],
        help_text=_("Counted from the day a petition closes. Each petition can set its own."),
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minimum_age__gte=13, minimum_age__lte=21), name="organisation_minimum_age"
            ),
            models.CheckConstraint(
                condition=models.Q(retention_days__gte=30), name="organisation_retention_days"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Keep each name on one line: it stands in the subjects of mails (RFC 5322 §2.2.3)."""
        self.name = " ".join(self.name.split())
        self.sender_name = " ".join(self.sender_name.split())


class OrganisationNotice(models.Model):
    """What an organisation has to tell people before they give it their data, in one language."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="notices")
    locale = models.CharField(_("language"), max_length=12)
    privacy_notice = models.TextField(_("privacy notice"), help_text=_("Shown at the form. Markdown."))
    imprint = models.TextField(_("imprint"), blank=True, help_text=_("Who is legally responsible. Markdown."))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "locale"], name="one_notice_per_locale")
        ]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.locale})"


class Role(models.TextChoices):
    """What a member may do; supporters.queries has the table. Organisers may do everything."""

    ORGANISER = "organiser", _("organiser")  # settings, members, publishing, downloads
    EDITOR = "editor", _("editor")  # writes petitions, cannot publish or see people
    MODERATOR = "moderator", _("moderator")  # looks after signatures, cannot write petitions


class Membership(models.Model):
    """Somebody who works for an organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user"], name="one_membership_per_user"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.role} of {self.organisation}"


class Channel(models.TextChoices):
    """The way in which a supporter agrees to be reached."""

    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message")


class ConsentAsk(models.Model):
    """One thing an organisation asks signers to agree to, besides signing; ConsentWording has its words."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="consent_asks")
    purpose = models.SlugField(
        _("purpose"), max_length=60, help_text=_("One word for what it is for, such as “updates”.")
    )
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    is_default = models.BooleanField(_("asked on every petition that chooses nothing else"), default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "purpose", "channel"], name="one_ask_per_purpose"
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=Channel.values), name="consent_ask_channel"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} ({self.get_channel_display()})"


class ConsentWording(models.Model):
    """The exact words somebody was asked to agree to. Rows are never changed: new words are a new version."""

    ask = models.ForeignKey(ConsentAsk, on_delete=models.PROTECT, related_name="wordings")
    locale = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    text = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ask", "locale", "version"], name="one_wording_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.ask} {self.locale} v{self.version}"


class IndexEpoch(models.Model):
    """One index key together with one version of the alias rules: what an `email_key` was computed with."""

    class State(models.TextChoices):
        FILLING = "filling"  # double-written, not yet looked up
        LIVE = "live"
        RETIRED = "retired"  # still looked up by suppression and erasure lists

    number = models.PositiveSmallIntegerField(primary_key=True)
    alias_rules_version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices)
    began_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["filling", "live", "retired"]), name="epoch_state"
            ),
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state="live"), name="one_live_epoch"
            ),
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state="filling"), name="one_filling_epoch"
            ),
        ]

    def __str__(self) -> str:
        return f"epoch {self.number} ({self.state})"


class Supporter(models.Model):
    """A mailbox that confirmed something to an organisation. The address itself is sealed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, db_index=False, related_name="supporters"
    )
    email_sealed = models.BinaryField()
    email_key = models.BinaryField(help_text="Keyed hash of the canonical address under the live epoch.")
    email_key_next = models.BinaryField(null=True, help_text="The same under the epoch that is being filled.")
    locale = models.CharField(max_length=12)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "email_key"], name="one_supporter_per_mailbox"),
            models.UniqueConstraint(
                fields=["organisation", "email_key_next"],
                condition=models.Q(email_key_next__isnull=False),
                name="one_supporter_per_next_key",
            ),
        ]

    def __str__(self) -> str:
        return f"supporter {self.id}"


class Consent(models.Model):
    """One answer to one wording. Append-only: what somebody agrees to now is read from the whole list."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    supporter = models.ForeignKey(
        Supporter, on_delete=models.CASCADE, db_index=False, related_name="consents"
    )
    wording = models.ForeignKey(ConsentWording, on_delete=models.PROTECT, related_name="+")
    is_given = models.BooleanField()
    at = models.DateTimeField()
    action = models.CharField(max_length=60, help_text="Where it was answered, such as “petition:12”.")
    attempt_id = models.UUIDField(
        null=True, help_text="The attempt that carried the answer, if it came from a form."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attempt_id", "wording"], name="one_answer_per_attempt_and_wording"
            )
        ]
        indexes = [models.Index(fields=["supporter", "at"], name="consents_of_supporter")]

    def __str__(self) -> str:
        return f"{'yes' if self.is_given else 'no'} to wording {self.wording_id}"


class Suppression(models.Model):
    """A mailbox that must not be written to, whoever asks. Kept by keyed hash, with its epoch."""

    class Reason(models.TextChoices):
        BOUNCED = "bounced"
        COMPLAINED = "complained"
        ERASED = "erased"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="suppressions")
    email_key = models.BinaryField()
    epoch = models.ForeignKey(IndexEpoch, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=12, choices=Reason.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "email_key"], name="one_suppression_per_mailbox"),
            models.CheckConstraint(
                condition=models.Q(reason__in=["bounced", "complained", "erased"]), name="suppression_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} since {self.at:%Y-%m-%d}"
