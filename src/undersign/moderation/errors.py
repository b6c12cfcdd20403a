"""Why a moderator cannot do what they asked for."""

from django.utils.translation import gettext as _

from undersign.supporters.errors import Refused


class PetitionReadOnly(Refused):
    """Nothing of the petition may change now."""

    def __init__(self) -> None:
        super().__init__(_("The petition is read-only. Nothing can be removed or put back until that ends."))


class NothingSelected(Refused):
    """A removal needs something that tells the signatures in question from all others."""

    def __init__(self) -> None:
        super().__init__(_("Choose what to remove first: a network, a domain, a time, a source or a name."))


class RemovalNotDone(Refused):
    """Only what is finished can be undone."""

    def __init__(self) -> None:
        super().__init__(_("This removal is not finished, or is undone already."))


class RemovalTooOld(Refused):
    """What was removed is known for thirty days only."""

    def __init__(self) -> None:
        super().__init__(_("A removal can be undone for thirty days. This one is older."))


class SearchNotReady(Refused):
    """The worker has not finished the search, could not, or has forgotten what it found."""

    def __init__(self) -> None:
        super().__init__(_("This search is not ready, or its result has expired. Search again."))


class NothingToList(Refused):
    """What was typed is no network, domain or address."""

    def __init__(self) -> None:
        super().__init__(
            _("This is not what you chose. Write a network like 192.0.2.0/24, a domain, or an address.")
        )


class AlreadyListed(Refused):
    """One line for one thing."""

    def __init__(self) -> None:
        super().__init__(_("This is on a list already. Take it off there first."))
