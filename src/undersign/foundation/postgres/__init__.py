"""The embedded PostgreSQL: a real server whose programs come from a wheel and which we start ourselves."""

from undersign.foundation.postgres.layout import database_url
from undersign.foundation.postgres.server import EmbeddedServer
from undersign.foundation.postgres.sharing import server_running

__all__ = ["EmbeddedServer", "database_url", "server_running"]
