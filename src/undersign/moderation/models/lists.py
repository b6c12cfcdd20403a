"""Whom an organisation blocks, and whom it always takes."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from undersign.foundation.ids import uuid7
from undersign.supporters.models import Organisation


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
