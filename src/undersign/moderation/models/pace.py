"""How busy networks are."""

from django.db import models


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
