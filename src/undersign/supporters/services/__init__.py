"""Everything that changes an organisation: its settings, its members, what it tells and asks people."""

from undersign.supporters.services.accounts import (
    account_ensure,
    account_make_operator,
    account_password_set,
)
from undersign.supporters.services.asks import ask_change, ask_create, wording_write
from undersign.supporters.services.memberships import membership_add, membership_change, membership_remove
from undersign.supporters.services.organisations import (
    OrganisationProfile,
    notice_write,
    organisation_change,
    organisation_create,
)
from undersign.supporters.services.trail import trail_leave

__all__ = [
    "OrganisationProfile",
    "account_ensure",
    "account_make_operator",
    "account_password_set",
    "ask_change",
    "ask_create",
    "membership_add",
    "membership_change",
    "membership_remove",
    "notice_write",
    "organisation_change",
    "organisation_create",
    "trail_leave",
    "wording_write",
]
