"""Connections to the database that are not Django's."""

from django.conf import settings
from psycopg.conninfo import make_conninfo


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
    }
    return make_conninfo("", **{name: value for name, value in parts.items() if value})
