"""Which petition, in which language, an address is about."""

from django.conf import settings
from starlette.requests import HTTPConnection

from undersign.foundation.values import value


@value
class Place:
    """A petition's slug and the language of the page, as the address has them."""

    slug: str
    locale: str


def place_of(request: HTTPConnection) -> Place:
    """Read the address of a petition."""
    return Place(slug=request.path_params["slug"], locale=language_of(request))


def language_of(request: HTTPConnection) -> str:
    """Read the language of an address; without one it is the first."""
    return str(request.path_params.get("language", settings.LANGUAGE_CODE))
