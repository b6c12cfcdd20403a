"""The switches of the whole instance, for the night when something goes wrong."""

from datetime import datetime
from enum import StrEnum

from django.contrib.auth.models import User
from django.db import transaction

from undersign.foundation.audit import audit_record
from undersign.foundation.changes import SITE, change_record
from undersign.foundation.models import Switches

# For connections that are not Django's. One row of instants; null is off.
SWITCHES_SQL = "SELECT signing_paused_at, mail_paused_at, read_only_at FROM foundation_switches WHERE id = 1"


class Switch(StrEnum):
    """What can be switched; the value is the column that says since when."""

    SIGNING_PAUSED = "signing_paused_at"
    MAIL_PAUSED = "mail_paused_at"
    READ_ONLY = "read_only_at"


def switches() -> Switches:
    """Return the switches as they are now."""
    return Switches.objects.get()


def switch_on(*, switch: Switch, by: User | None, at: datetime) -> None:
    """Set a switch; one that is on stays on since when it was."""
    _set(switch=switch, since=at, by=by, at=at)


def switch_off(*, switch: Switch, by: User | None, at: datetime) -> None:
    """Release a switch."""
    _set(switch=switch, since=None, by=by, at=at)


@transaction.atomic
def _set(*, switch: Switch, since: datetime | None, by: User | None, at: datetime) -> None:
    stored = Switches.objects.select_for_update().get()
    if bool(getattr(stored, switch)) == bool(since):
        return
    setattr(stored, switch, since)
    stored.save(update_fields=[switch])
    audit_record(
        by=by,
        at=at,
        organisation_id=None,
        action="switch.set" if since else "switch.released",
        subject=f"switch:{switch.name.lower()}",
        detail={},
    )
    change_record(topic=SITE, at=at)
