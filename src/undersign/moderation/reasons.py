"""Why an attempt waits for a moderator."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from undersign.signing.services.attempts import REPLAYED


class HeldReason(models.TextChoices):
    """What `held_reason` of an attempt may say."""

    HONEYPOT = "honeypot", _("filled in a field that people do not see")
    NETWORK = "network", _("from a network on the block list")
    DOMAIN = "domain", _("with a mail domain on the block list")
    ADDRESS = "address", _("with an address on the block list")
    REPLAYED = REPLAYED, _("came with a proof that was used before")
