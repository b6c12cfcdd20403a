"""/healthz: this process answers. /readyz: and it can do its work.

Answered before Django, which would ask for the host: load balancers name an address, or none.
"""

import asyncio
from functools import cache

import psycopg
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from procrastinate.contrib.django.utils import connector_params
from psycopg import AsyncConnection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PATIENCE = 3.0  # seconds; a database may take connections and say nothing
NOT_KEPT = {"Cache-Control": "no-store"}


async def healthz(_request: Request) -> Response:
    """Answer 200 as long as the process lives."""
    return JSONResponse({"status": "ok"}, headers=NOT_KEPT)


class Readiness:
    """Asks the database one question at a time, whose answer everybody gets who asks meanwhile."""

    def __init__(self) -> None:
        self._asking: asyncio.Task[int] | None = None

    async def readyz(self, _request: Request) -> Response:
        """Answer 200 when the database answers and has every migration, otherwise 503 with what is wrong."""
        try:
            pending = await self._pending_soon()
        except (psycopg.Error, TimeoutError):
            told = {"status": "unavailable", "database": "unavailable"}
            return JSONResponse(told, 503, headers=NOT_KEPT)
        checks = {"database": "ok", "migrations": f"{pending} pending" if pending else "ok"}
        status = "unavailable" if pending else "ok"
        return JSONResponse({"status": status, **checks}, 503 if pending else 200, headers=NOT_KEPT)

    async def _pending_soon(self) -> int:
        """Count the migrations that are missing. Raises psycopg.Error, and TimeoutError when that takes long.

        What hangs goes on until the database does: there is no cancelling it at a server that is frozen.
        """
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(_pending())
        done, _ = await asyncio.wait({self._asking}, timeout=PATIENCE)
        if not done:
            raise TimeoutError
        return self._asking.result()


def health_routes() -> list[Route]:
    """List both."""
    return [Route("/healthz", healthz), Route("/readyz", Readiness().readyz)]


async def _pending() -> int:
    of_this_code = await asyncio.to_thread(migrations_of_this_code)
    async with await AsyncConnection.connect(**connector_params(), autocommit=True) as database:
        try:
            cursor = await database.execute(b"SELECT app, name FROM django_migrations")
        except psycopg.errors.UndefinedTable:
            return len(of_this_code)
        return len(of_this_code.difference(await cursor.fetchall()))


def pending_migrations() -> list[tuple[str, str]]:
    """Return (app, name) of each migration that the database lacks; raises DatabaseError."""
    return sorted(migrations_of_this_code() - set(applied_migrations()))


def applied_migrations() -> list[tuple[str, str]]:
    """Return (app, name) of each migration that the database has; raises DatabaseError."""
    return sorted(MigrationRecorder(connection).applied_migrations())


@cache
def migrations_of_this_code() -> frozenset[tuple[str, str]]:
    """Read the migrations on disk, once."""
    return frozenset(MigrationLoader(None).graph.nodes)
