"""A petition as the rules see it: who asks whom for what, in which words, and whether it can be signed."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from undersign.supporters.models import ConsentAsk, Organisation


class Petition(models.Model):
    """What signatures point at. Pages in one or more languages show it; none of them owns it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("not yet published")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")
        WON = "won", _("won")
        LOST = "lost", _("lost")

    class Field(models.TextChoices):
        OFF = "off", _("not asked")
        OPTIONAL = "optional", _("optional")
        REQUIRED = "required", _("required")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="petitions")
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    default_locale = models.CharField(_("first language"), max_length=12)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DRAFT)
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    published_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    country = models.CharField(_("country"), max_length=8, choices=Field.choices, default=Field.OFF)
    postcode = models.CharField(_("postcode"), max_length=8, choices=Field.choices, default=Field.OFF)
    phone = models.CharField(_("phone number"), max_length=8, choices=Field.choices, default=Field.OFF)
    reason = models.CharField(_("reason for signing"), max_length=8, choices=Field.choices, default=Field.OFF)
    consent_asks = models.ManyToManyField(
        ConsentAsk, blank=True, related_name="+", verbose_name=_("consents asked")
    )
    names_per_mailbox = models.PositiveSmallIntegerField(
        _("people per e-mail address"),
        default=1,
        choices=[(1, _("one")), (2, _("two, for couples and families who share an address"))],
    )
    retention_days = models.PositiveIntegerField(
        _("days until signatures are erased"),
        null=True,
        blank=True,
        validators=[MinValueValidator(30)],
        help_text=_("Counted from the day it closes. Empty: as the organisation has it."),
    )

    is_trap_set = models.BooleanField(
        _("set a trap for robots"),
        default=True,
        db_default=True,
        help_text=_("A field that people do not see. Whoever fills it in is held until somebody has looked."),
    )
    is_pace_limited = models.BooleanField(
        _("slow down crowded networks"),
        default=True,
        db_default=True,
        help_text=_(
            "When many forms come from one network, each of them waits a few seconds. Nobody is refused."
        ),
    )
    is_domain_checked = models.BooleanField(
        _("look up mail domains"),
        default=True,
        db_default=True,
        help_text=_("A hint for moderators: domains that take no mail, or give mailboxes to be thrown away."),
    )
    is_list_applied = models.BooleanField(
        _("apply the allow and block lists"),
        default=True,
        db_default=True,
        help_text=_("The lists belong to your organisation; whoever moderates keeps them."),
    )

    signing_paused_at = models.DateTimeField(null=True, blank=True, editable=False)
    mail_paused_at = models.DateTimeField(null=True, blank=True, editable=False)
    read_only_at = models.DateTimeField(null=True, blank=True, editable=False)
    signers_forgotten_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="Since when the people behind its signatures are being forgotten: it stays closed.",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "open", "closed", "won", "lost"]),
                name="petition_state",
            ),
            models.CheckConstraint(
                condition=models.Q(names_per_mailbox__gte=1, names_per_mailbox__lte=2),
                name="petition_names_per_mailbox",
            ),
            models.CheckConstraint(
                condition=models.Q(retention_days__isnull=True) | models.Q(retention_days__gte=30),
                name="petition_retention_days",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(published_at__isnull=False),
                name="petition_published_at",
            ),
            models.CheckConstraint(
                condition=models.Q(signers_forgotten_at__isnull=True)
                | models.Q(state__in=["closed", "won", "lost"]),
                name="petition_forgotten_stays_closed",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class TextVersion(models.Model):
    """One version of what people put their name to. A signature stays bound to the version it signed."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["petition", "number"], name="one_version_per_number")]
        ordering = ["petition", "number"]

    def __str__(self) -> str:
        return f"{self.petition} v{self.number}"


class PetitionText(models.Model):
    """The text of one version in one language, as plain words: kept for ever, shown with a diff.

    The words of a row never change once somebody may have read them. Correcting a version that nobody has
    signed replaces the row by another, so that whoever was just reading signs exactly what they read.
    """

    version = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="texts")
    locale = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    ask = models.CharField(max_length=300)
    goal = models.CharField(max_length=500, blank=True)
    story = models.TextField(blank=True)
    salutation = models.CharField(max_length=200, blank=True)
    letter = models.TextField(blank=True)
    is_carried_over = models.BooleanField(
        default=False, help_text="Copied from the version before, until this language is published again."
    )
    made_at = models.DateTimeField()
    replaced_at = models.DateTimeField(
        null=True, help_text="Since when another row stands in its place; null while it is current."
    )
    hidden_at = models.DateTimeField(
        null=True, help_text="Since when no page shows it: unpublished. Null while one does."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "locale"],
                condition=models.Q(replaced_at__isnull=True),
                name="one_current_text_per_locale",
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.locale}"


class Target(models.Model):
    """Somebody who can decide, as a version of the text names them."""

    text = models.ForeignKey(PetitionText, on_delete=models.CASCADE, related_name="targets")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=200, blank=True)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text", "position"], name="one_target_per_position")]
        ordering = ["text", "position"]

    def __str__(self) -> str:
        return self.name
