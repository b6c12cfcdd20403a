"""Why a download cannot be had."""

from django.utils.translation import gettext as _

from undersign.supporters.errors import Refused


class ExportNotReady(Refused):
    """The worker has not finished it, or could not."""

    def __init__(self) -> None:
        super().__init__(_("This download is not ready."))


class ExportExpired(Refused):
    """It was made more than a day ago, and its file is deleted."""

    def __init__(self) -> None:
        super().__init__(_("This download has expired and its file is deleted. Ask for a new one."))
