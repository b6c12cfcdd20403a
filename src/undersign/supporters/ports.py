"""What the rules about members need from the packages above them."""

from typing import Protocol

from django.contrib.auth.models import User

from undersign.supporters.models import Organisation


class Doorkeeper(Protocol):
    """Whoever opens and shuts the doors of the editing side when memberships change.

    Each method runs inside the transaction of the change and is allowed to fail it.
    """

    def organisation_opened(self, organisation: Organisation) -> None:
        """Make a place for an organisation that has just come into being."""

    def role_changed(self, organisation: Organisation, user: User, role: str | None) -> None:
        """Give `user` the doors that `role` opens and no others; None shuts them all."""

    def invited(self, organisation: Organisation, user: User, by: User | None) -> None:
        """Tell `user` that they were made a member, and how to get in."""


_doorkeepers: list[Doorkeeper] = []


def doorkeeper_appoint(doorkeeper: Doorkeeper) -> None:
    """Have `doorkeeper` told of every change from now on."""
    _doorkeepers.append(doorkeeper)


def doorkeepers() -> tuple[Doorkeeper, ...]:
    """Return everybody who was appointed."""
    return tuple(_doorkeepers)
