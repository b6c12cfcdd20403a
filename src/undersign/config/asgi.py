"""What Granian serves: the page cache, behind it the front door, behind that Django."""

import os
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.core.asgi import get_asgi_application

if TYPE_CHECKING:
    from starlette.types import ASGIApp

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "undersign.config.settings")
# Django types the messages of ASGI as Mapping, Starlette as MutableMapping; they are the same dictionaries.
django = cast("ASGIApp", get_asgi_application())

# These import models, so Django has to be ready.
from undersign.config.health import health_routes  # noqa: E402
from undersign.config.serving import files_unbound, turns_long  # noqa: E402
from undersign.config.web_process import open_desk  # noqa: E402
from undersign.foundation.logs import configure_logs  # noqa: E402
from undersign.foundation.page_cache import CachePolicy, PageCache, Shelf  # noqa: E402
from undersign.web.front_door.app import front_door, is_public  # noqa: E402
from undersign.web.front_door.files import file_routes  # noqa: E402
from undersign.web.front_door.guard import Guard  # noqa: E402
from undersign.web.front_door.rendering import DjangoPages  # noqa: E402
from undersign.web.front_door.shortcut import Shortcut  # noqa: E402
from undersign.web.front_door.unavailable import unavailable_pages  # noqa: E402


def application_make() -> PageCache:
    """Make the application of one web process."""
    configure_logs()
    files_unbound()
    turns_long()
    pages = DjangoPages(django, host=urlsplit(settings.BASE_URL).netloc)
    routes = [*health_routes(), *file_routes(static=settings.STATIC_ROOT, media=settings.MEDIA_ROOT)]
    door = Guard(Shortcut(front_door(django, routes, lambda: open_desk(cache))))
    shelf = Shelf(settings.DATA_DIR / "pages")
    cache = PageCache(door, pages, CachePolicy(is_public), shelf=shelf, unavailable=unavailable_pages())
    return cache


application = application_make()
