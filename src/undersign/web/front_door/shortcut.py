"""Past the router: what comes by the thousand a second goes straight to its handler.

Starlette's middleware, routes and exception handlers take as long as reading, checking and sealing a form.
The router has the same routes for everything that comes here in another way, such as another method.
"""

import re
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from django.conf import settings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from undersign.web.front_door import answers, confirm, sign

Handle: TypeAlias = Callable[[Request], Awaitable[Response]]

_LANGUAGE = "|".join(re.escape(code.lower()) for code, _ in settings.LANGUAGES)
_WAYS = re.compile(rf"(?:/(?P<language>{_LANGUAGE}))?(?:/p/(?P<slug>[\w-]+)/|/confirm/(?P<token>[^/]+))")


class Shortcut:
    """Answers the two forms of a signature, and passes everything else on to the router."""

    def __init__(self, router: Starlette) -> None:
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a POST of a form, or pass it on."""
        if scope["type"] == "http" and scope["method"] == "POST":
            way = _WAYS.fullmatch(scope["path"])
            if way is not None:
                # As the router does it: a name that is not in the address is not in the parameters either.
                scope["path_params"] = {name: way[name] for name in way.re.groupindex if way[name]}
                scope["app"] = self._router
                return await self._answer(sign.sign if way["slug"] else confirm.confirm, scope, receive, send)
        return await self._router(scope, receive, send)

    async def _answer(self, handle: Handle, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        try:
            response = await handle(request)
        except Exception as error:
            # As Starlette does it: say that it broke, then let the server log what broke.
            await (await answers.broken(request, error))(scope, receive, send)
            raise
        await response(scope, receive, send)
