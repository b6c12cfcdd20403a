"""What moderators looked for and took off, and what became of it; and how busy networks are."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from undersign.campaigns.models import Petition
from undersign.foundation.ids import uuid7
from undersign.supporters.models import Organisation


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


class ListEntry(models.Model):
    """A line of an organisation's allow or block list.

    A network and a domain are a rule that somebody wrote and stand in clear; an address is sealed, and found
    by the keyed hash of its mailbox.
    """

    class Effect(models.TextChoices):
        ALLOW = "allow", _("always take")
        BLOCK = "block", _("hold for a moderator")

    class Kind(models.TextChoices):
        NETWORK = "network", _("network")
        DOMAIN = "domain", _("mail domain")
        ADDRESS = "address", _("e-mail address")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="list_entries")
    effect = models.CharField(_("what happens"), max_length=5, choices=Effect.choices)
    kind = models.CharField(_("what is known"), max_length=7, choices=Kind.choices)
    value = models.CharField(max_length=253, blank=True, help_text="A network or a domain; else empty.")
    sealed = models.BinaryField(null=True, help_text="The address as it was typed.")
    email_key = models.BinaryField(null=True)
    index_epoch = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(_("why"), max_length=200)
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "value"],
                condition=models.Q(email_key__isnull=True),
                name="listed_once",
            ),
            models.UniqueConstraint(
                fields=["organisation", "email_key"],
                condition=models.Q(email_key__isnull=False),
                name="address_listed_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["network", "domain"], sealed__isnull=True, email_key__isnull=True
                )
                & ~models.Q(value="")
                | models.Q(
                    kind="address",
                    value="",
                    sealed__isnull=False,
                    email_key__isnull=False,
                    index_epoch__isnull=False,
                ),
                name="list_entry_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(effect__in=["allow", "block"]), name="list_entry_effect"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effect} {self.kind} {self.value or self.pk}"


class MailDomain(models.Model):
    """What was found out about a mail domain: a hint for moderators. Large providers are not looked up.

    The domain itself is sealed until it was looked up, and then forgotten.
    """

    class Finding(models.TextChoices):
        UNKNOWN = "", _("not looked up")
        MAIL = "mail", _("takes mail")
        NONE = "none", _("takes no mail")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="mail_domains", db_index=False
    )
    name = models.CharField(max_length=64, help_text="See signing.identity.mail_domain.")
    is_disposable = models.BooleanField()
    finding = models.CharField(max_length=4, choices=Finding.choices, blank=True)
    sealed = models.BinaryField(null=True)
    met_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="one_mail_domain")]
        indexes = [
            models.Index(
                fields=["try_at"], condition=models.Q(try_at__isnull=False), name="mail_domains_to_look_up"
            )
        ]

    def __str__(self) -> str:
        return self.name


class NetworkPace(models.Model):
    """How many forms came from one network in one minute, over all processes.

    The table is unlogged: it is written once a second, and what a crash forgets is a minute old. A standby
    has none of it and begins with nothing. Migration 0002 creates it by hand.
    """

    pk = models.CompositePrimaryKey("minute", "network")
    minute = models.IntegerField(help_text="Minutes since 1970.")
    network = models.GenericIPAddressField(help_text="/24 or /64.")
    forms = models.IntegerField()

    class Meta:
        managed = False
        db_table = "moderation_networkpace"

    def __str__(self) -> str:
        return f"{self.network}: {self.forms}"
