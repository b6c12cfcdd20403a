"""Which addresses a public page may link to."""

from django.core.validators import URLValidator
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _


@deconstructible
class LinkValidator(URLValidator):
    """Let web addresses pass and nothing else: no ftp, no data, no javascript."""

    message = _("This is not a web address. It begins with https:// or http://.")

    def __init__(self) -> None:
        super().__init__(schemes=["http", "https"])


link_validate = LinkValidator()
