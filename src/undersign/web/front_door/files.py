"""Static files and uploads, served by the front door where no nginx does it."""

from collections.abc import Sequence
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

A_YEAR = "public, max-age=31536000, immutable"


class Immutable:
    """Says that what lies at an address never changes: names of files carry a hash of what is in them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a year to keep it."""

        async def send_kept(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in {200, 304}:
                headers = MutableHeaders(scope=message)
                headers["Cache-Control"] = A_YEAR
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        await self._app(scope, receive, send_kept)


def file_routes(*, static: Path, media: Path) -> Sequence[BaseRoute]:
    """Serve the collected static files at /static/, uploads and their renditions at /media/."""
    return [
        Mount("/static", GZipMiddleware(Immutable(StaticFiles(directory=static, check_dir=False)))),
        Mount("/media", Immutable(StaticFiles(directory=media, check_dir=False))),
    ]
