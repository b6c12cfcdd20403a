"""Signatures that moderators removed, told in the open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By moderation.models.Removal.Reason. What moderators write in their own words is not published.
REASONS: Mapping[str, Promise] = {
    "network": _("they came from one network within a short time"),
    "program": _("a program sent them"),
    "made_up": _("the names were made up"),
    "repeated": _("the same person had signed many times"),
    "not_theirs": _("people told us that they had not signed"),
    "other": _("they broke the rules of this petition"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalView:
    """One removal: `reason` is a key of REASONS; of those removed, `put_back` came back on `put_back_on`."""

    count: int
    removed_on: date
    reason: str
    put_back: int = 0
    put_back_on: date | None = None

    @property
    def because(self) -> str:
        """Say why, as the second half of a sentence."""
        return str(REASONS[self.reason])
