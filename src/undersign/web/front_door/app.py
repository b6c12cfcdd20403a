"""The front door: what a web process answers without Django on the path, and what it passes on."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from django.conf import settings
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from undersign.web.front_door import answers, confirm, inbox, numbers, sign
from undersign.web.front_door.desk import Desk
from undersign.web.front_door.names import NamesDoor

Endpoint = Callable[[Request], Awaitable[Response]]

SLUG = "{slug:slug}"
# Where pages are that are the same for everybody.
PUBLIC = re.compile(
    r"/(?:(?:{languages})/)?"
    r"(?:|o/[\w-]+/(?:feed\.xml)?|p/[\w-]+/(?:|confirm/|inbox/|inbox/again/|thanks/|thanks/already/|versions/"
    r"|moment/|qr\.svg|count\.json))"
    r"|/theme/[\w-]+\.css|/sitemap\.xml|/robots\.txt".replace(
        "{languages}", "|".join(re.escape(code.lower()) for code, _ in settings.LANGUAGES)
    )
)


def is_public(path: str) -> bool:
    """Tell whether the page cache may answer a path."""
    return PUBLIC.fullmatch(path) is not None


class LanguageConvertor(Convertor[str]):
    """A language of the interface, as addresses spell it."""

    regex = "|".join(re.escape(code.lower()) for code, _ in settings.LANGUAGES)

    def convert(self, value: str) -> str:
        """Take it as it is."""
        return value

    def to_string(self, value: str) -> str:
        """Write it as it is."""
        return value


class SlugConvertor(LanguageConvertor):
    """A petition's name in addresses."""

    regex = r"[\w-]+"


register_url_convertor("language", LanguageConvertor())
register_url_convertor("slug", SlugConvertor())


def front_door(
    django: ASGIApp, others: Sequence[BaseRoute], open_desk: Callable[[], AbstractAsyncContextManager[Desk]]
) -> Starlette:
    """Make the application: petition routes in each language, `others`, and Django for the rest."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_desk() as desk:
            app.state.desk = desk
            yield

    show_names = NamesDoor(django).show
    routes: list[BaseRoute] = [
        Route("/metrics", numbers.metrics),
        *petition_routes("", show_names),
        *petition_routes("/{language:language}", show_names),
        *others,
        Mount("/", django),
    ]
    problems = {404: answers.nothing_here, Exception: answers.broken}
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers=problems)


def petition_routes(prefix: str, show_names: Endpoint) -> list[BaseRoute]:
    """List what is signed, confirmed and read below one language's prefix."""
    petition = f"{prefix}/p/{SLUG}"
    return [
        Route(f"{petition}/", sign.sign, methods=["POST"]),
        Route(f"{petition}/inbox/again/{{token}}", inbox.show_inbox, methods=["GET"]),
        Route(f"{petition}/inbox/again/{{token}}", inbox.send, methods=["POST"]),
        Route(f"{petition}/inbox/{{token}}", inbox.show_inbox, methods=["GET"]),
        Route(f"{petition}/inbox/{{token}}", inbox.send, methods=["POST"]),
        Route(f"{petition}/names/", show_names, methods=["GET"]),
        Route(f"{petition}/names/{{direction}}/{{key}}/", show_names, methods=["GET"]),
        Route(f"{prefix}/confirm/{{token}}", confirm.show_confirm, methods=["GET"]),
        Route(f"{prefix}/confirm/{{token}}", confirm.confirm, methods=["POST"]),
    ]
