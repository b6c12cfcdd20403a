"""Drawing pages off the event loop, so that one that hangs keeps no other waiting.

Django's own thread for work that blocks is one for the whole process: while a database that is stopped but
not gone says nothing, whoever asks it there holds it. Pages of refusal must not queue behind that.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextvars import copy_context
from typing import Final

from starlette.responses import HTMLResponse, Response

from undersign.web.headers import PRIVATE_HEADERS
from undersign.web.presentation.frame import Page
from undersign.web.presentation.rendering import render

_COMPOSE_WITHIN: Final = 5.0  # seconds

_drawing = ThreadPoolExecutor(2, thread_name_prefix="drawing")
_asking = ThreadPoolExecutor(2, thread_name_prefix="asking")


async def drawn(page: Page) -> str:
    """Draw a page, which needs no database."""
    return await _in(_drawing, lambda: render(page))


async def page_answer(page: Page, *, status: int) -> Response:
    """Answer one visitor with a page that needs no database."""
    return HTMLResponse(await drawn(page), status, PRIVATE_HEADERS)


async def composed(compose: Callable[[], str]) -> str:
    """Ask the database and draw. Raises TimeoutError where it does not answer, and what `compose` raises.

    A thread that hangs is left behind; it goes on when the database does.
    """
    return await asyncio.wait_for(_in(_asking, compose), _COMPOSE_WITHIN)


def _in(executor: Executor, draw: Callable[[], str]) -> asyncio.Future[str]:
    return asyncio.get_running_loop().run_in_executor(executor, copy_context().run, draw)
