"""The answer to a form that was taken: where the browser goes from here."""

from urllib.parse import quote

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class SeeOther(Response):
    """303 to a path of this site. Starlette's own redirect takes as long as sealing the form."""

    def __init__(self, path: str) -> None:
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the browser on."""
        headers = [(b"location", quote(self._path).encode()), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
