"""What can be wrong when somebody changes a petition."""

from django.utils.translation import gettext as _

from undersign.supporters.errors import Refused


class AddressTaken(Refused):
    """Another petition of this instance has the address."""

    def __init__(self) -> None:
        super().__init__(_("Another petition on this site already has this address. Choose a different one."))


class AddressFixed(Refused):
    """The petition has been published: its address is on flyers and in other people's links."""

    def __init__(self) -> None:
        super().__init__(
            _("The address of a petition that has been published cannot change: links to it would break.")
        )


class MoveNotPossible(Refused):
    """The petition is in a state that this move does not start from."""

    def __init__(self) -> None:
        super().__init__(
            _("This is not possible in the state the petition is in now. Somebody may have changed it.")
        )
