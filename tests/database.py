"""A migrated database for a test worker, copied from a template that is migrated once."""

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

import environ
import psycopg
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from psycopg import sql

ADVISORY_LOCK = 0x756E6465  # "unde"; any number that only these tests use
LOCK_FILE = Path(__file__).resolve().parent.parent / "uv.lock"


class TestDatabase:
    """One worker's database on a given server."""

    __test__ = False

    def __init__(self, server_url: str, name: str) -> None:
        self.server_url = server_url
        self.name = name
        self.url = urlsplit(server_url)._replace(path=f"/{name}").geturl()
        self.template = f"undersign_template_{fingerprint()}"

    def create(self) -> None:
        """Make the database anew from the template and let Django use it. Connections to the old one end."""
        connections.close_all()
        with psycopg.connect(self.server_url, autocommit=True) as server:
            server.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
            if not has_database(server, self.template):
                self._make_template(server)
            server.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])
            execute(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)
            execute(server, "CREATE DATABASE {} TEMPLATE {}", self.name, self.template)
        self._use(self.name)

    def drop(self) -> None:
        connections.close_all()
        with psycopg.connect(self.server_url, autocommit=True) as server:
            execute(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)

    def _make_template(self, server: psycopg.Connection) -> None:
        """Migrate under another name and rename at the end: a template that exists is whole."""
        unfinished = f"{self.template}_unfinished"
        execute(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", unfinished)
        execute(server, "CREATE DATABASE {}", unfinished)
        self._use(unfinished)
        call_command("migrate", verbosity=0, interactive=False)
        connections.close_all()
        execute(server, "ALTER DATABASE {} RENAME TO {}", unfinished, self.template)

    def _use(self, name: str) -> None:
        connections["default"].settings_dict.update(environ.Env.db_url_config(self.server_url), NAME=name)


def has_database(server: psycopg.Connection, name: str) -> bool:
    return server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def execute(server: psycopg.Connection, statement: str, *names: str) -> None:
    server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def fingerprint() -> str:
    """Tell apart the schemas of different commits, so that a server that stays can keep its templates."""
    digest = hashlib.sha256(LOCK_FILE.read_bytes())
    for config in apps.get_app_configs():
        if config.name.startswith("undersign."):
            for path in sorted(Path(config.path).glob("migrations/*.py")):
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
