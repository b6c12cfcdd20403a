"""What can be wrong when somebody changes an organisation."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _


class NotAllowed(PermissionDenied):
    """The actor's role in this organisation does not carry the permission that the change needs."""


class Refused(Exception):
    """A rule of the house stands against a change; its text tells the person why, in their language."""


class LastOrganiser(Refused):
    """The change would leave the organisation without anybody who can run it."""

    def __init__(self) -> None:
        super().__init__(
            _("This is the last organiser. Make somebody else an organiser first, then change this person.")
        )


class AlreadyMember(Refused):
    """The person already works for the organisation."""

    def __init__(self) -> None:
        super().__init__(_("This person is already a member. Change their role in the list instead."))


class NotMember(Refused):
    """The person does not work for the organisation."""

    def __init__(self) -> None:
        super().__init__(_("This person is not a member of the organisation."))


class AddressNotUsable(Refused):
    """What was given is not an address that mail can be sent to."""

    def __init__(self) -> None:
        super().__init__(_("This is not a complete e-mail address. It needs a form like name@example.org."))


class WordingMissing(Refused):
    """Somebody can only agree to words that are there."""

    def __init__(self) -> None:
        super().__init__(_("Write the words that people will agree to."))


class EpochStateError(Exception):
    """The index epochs are not as a change of them needs; for whoever runs the command."""
