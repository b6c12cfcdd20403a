"""Forms go past the router; what the router does for others is done for them too."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from undersign.web.front_door.shortcut import Shortcut


async def routed(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("routed")


def ask(method: str, path: str) -> list[MutableMapping[str, Any]]:
    """Send one request to a front door that nobody has opened: it has no desk."""
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": []}
    router = Starlette(routes=[Route("/{rest:path}", routed, methods=["GET", "POST"])])
    try:
        asyncio.run(Shortcut(router)(scope, receive, send))
    except AttributeError:
        sent.append({"type": "raised"})
    return sent


@pytest.mark.parametrize("path", ["/de/p/bees/", "/de/confirm/token"])
def test_what_breaks_is_said_in_the_language_of_the_address_and_raised_for_the_log(path: str) -> None:
    start, body, raised = ask("POST", path)
    assert start["status"] == 500
    assert b'lang="de"' in body["body"]
    assert raised == {"type": "raised"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/p/bees/"),
        ("GET", "/confirm/token"),
        ("POST", "/p/bees/inbox/token"),
        ("POST", "/xx/p/bees/"),
        ("POST", "/p/bees"),
        ("POST", "/admin/"),
    ],
)
def test_everything_else_goes_to_the_router(method: str, path: str) -> None:
    _start, body = ask(method, path)
    assert body["body"] == b"routed"
