from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

import psycopg
from psycopg_pool import AsyncConnectionPool

Connection: TypeAlias = psycopg.AsyncConnection[Any]
Pool: TypeAlias = AsyncConnectionPool[Connection]

_MAX_WAIT: Final = 0.5
"""Seconds to wait for the pool before connecting past it."""


@asynccontextmanager
async def pooled(pool: Pool) -> AsyncIterator[Connection]:
    """Lend a connection of the pool. Raises `psycopg_pool.PoolTimeout` if none is free soon."""
    async with pool.connection(timeout=_MAX_WAIT) as connection:
        yield connection


@asynccontextmanager
async def afresh(pool: Pool) -> AsyncIterator[Connection]:
    """Open a connection like those of the pool, for one batch.

    After a lost server the pool itself tries again only after 1, 2, 4 … seconds. Flushers that have a
    batch in hand cannot wait that long once the server is back; there are few of them, so there are few
    such connections. The pool's `configure` is not run: settings belong into its connection string.
    """
    conninfo, kwargs = pool.conninfo, pool.kwargs or {}
    if callable(conninfo) or callable(kwargs):
        async with pool.connection(timeout=_MAX_WAIT) as connection:
            yield connection
    else:
        connection = await pool.connection_class.connect(conninfo, **kwargs)
        try:
            yield connection
        finally:  # the connection's own context would first roll back, and stay open if that is cancelled
            await connection.close()
