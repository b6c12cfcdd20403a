"""What the rules about members need from the packages above them."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Protocol

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.module_loading import import_string

from undersign.supporters.models import Organisation, Supporter


class Doorkeeper(Protocol):
    """Whoever opens and shuts the doors of the editing side when memberships change.

    Each method runs inside the transaction of the change and is allowed to fail it.
    """

    def organisation_opened(self, organisation: Organisation) -> None:
        """Make a place for an organisation that has just come into being."""

    def role_changed(self, organisation: Organisation, user: User, role: str | None) -> None:
        """Give `user` the doors that `role` opens and no others; None shuts them all."""

    def invited(self, organisation: Organisation, user: User, by: User) -> None:
        """Tell `user` that `by` made them a member, and how to get in."""


@cache
def doorkeepers() -> tuple[Doorkeeper, ...]:
    """Return those that the settings name in UNDERSIGN_DOORKEEPERS."""
    return tuple(import_string(path)() for path in settings.UNDERSIGN_DOORKEEPERS)


class DataHolder(Protocol):
    """Whoever keeps something about supporters in a package above."""

    def supporter_forget(self, supporter: Supporter, at: datetime) -> None:
        """Delete what is kept about one supporter, inside the transaction that erases them."""


_data_holders: list[DataHolder] = []


def data_holder_appoint(holder: DataHolder) -> None:
    """Have `holder` forget whoever is erased from now on."""
    _data_holders.append(holder)


def data_holders() -> tuple[DataHolder, ...]:
    """Return everybody who was appointed."""
    return tuple(_data_holders)


class MailboxHolder(Protocol):
    """Whoever keeps something under a mailbox in a package above, whether or not it confirmed anything."""

    def mailboxes_forget(self, organisation_id: int, until: Mapping[bytes, datetime]) -> None:
        """Delete what an organisation has under each `email_key` from its instant or before.

        Inside the caller's transaction.
        """


_mailbox_holders: list[MailboxHolder] = []


def mailbox_holder_appoint(holder: MailboxHolder) -> None:
    """Have `holder` forget every mailbox that is erased from now on."""
    _mailbox_holders.append(holder)


def mailbox_holders() -> tuple[MailboxHolder, ...]:
    """Return everybody who was appointed."""
    return tuple(_mailbox_holders)
