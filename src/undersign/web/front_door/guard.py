"""Around everything that is not answered from memory: headers that nobody can forget, a number, a pace."""

import re

from django.conf import settings
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from undersign.foundation.deadlines import Deadlines
from undersign.foundation.metrics import REQUESTS_TALLY
from undersign.web.front_door.slowness import LOOK_EVERY, PacedBody
from undersign.web.headers import guarded

# The kind of page an address is, never which one: a number for each petition would be without bounds.
_ROUTE = re.compile(
    r"/(?:(?:{languages})/)?(?:(?P<place>admin|confirm|healthz|media|metrics|o|readyz|static|theme)(?:/|$)"
    r"|p/[\w-]+/(?P<step>inbox|names|share|versions)?)".replace(
        "{languages}", "|".join(re.escape(code.lower()) for code, _ in settings.LANGUAGES)
    )
)


def route_of(path: str) -> str:
    """Tell the kind of page at an address: “petition”, “names”, “admin” …, or “other”."""
    match = _ROUTE.match(path)
    if match is None:
        return "other"
    return match["place"] or match["step"] or "petition"


class Guard:
    """Sets the headers that an answer lacks and counts it, also where the application fails."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._bodies = Deadlines(every=LOOK_EVERY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back with its headers."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        path = scope["path"]  # mounts change the scope

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                named = [(name.lower(), value) for name, value in message["headers"]]
                message = {**message, "headers": guarded(path, named)}
                REQUESTS_TALLY.count(route_of(path), f"{message['status'] // 100}xx")
            await send(message)

        return await self._app(scope, PacedBody(receive, self._bodies), send_guarded)
