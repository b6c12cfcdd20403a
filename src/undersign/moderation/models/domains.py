"""What is known of mail domains."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from undersign.foundation.ids import uuid7
from undersign.supporters.models import Organisation


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

    @property
    def doubt(self) -> str:
        """What speaks against the domain, in words; empty if nothing does."""
        if self.is_disposable:
            return gettext("mailboxes to be thrown away")
        return str(self.Finding.NONE.label) if self.finding == self.Finding.NONE else ""
