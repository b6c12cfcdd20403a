"""Connections to the database that are not Django's."""

import time
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool


def conninfo() -> str:
    """Give libpq's connection string for the database of the settings."""
    database = settings.DATABASES["default"]
    parts = {
        "host": database.get("HOST"),
        "port": database.get("PORT"),
        "dbname": database["NAME"],
        "user": database.get("USER"),
        "password": database.get("PASSWORD"),
        **database.get("OPTIONS", {}),
        "client_encoding": "UTF8",  # as Django has it, and foundation/columns.py
    }
    return make_conninfo("", **{name: value for name, value in parts.items() if value})


class LentLately:
    """Has a pool check a connection before lending it, but not one that it lent within the last second.

    A check is a round trip, and under load would be one for each batch. Whoever gets a connection that broke
    in that second has an error to deal with, as when it breaks a moment later.
    """

    def __init__(self) -> None:
        self._lent_at: WeakKeyDictionary[AsyncConnection[Any], float] = WeakKeyDictionary()

    async def __call__(self, connection: AsyncConnection[Any]) -> None:
        """Raise what psycopg raises for a connection that is broken."""
        now = time.monotonic()
        if now - self._lent_at.get(connection, 0.0) > 1.0:
            await AsyncConnectionPool.check_connection(connection)
        self._lent_at[connection] = now
