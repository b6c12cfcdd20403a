"""Running the plain Django site under Granian, on a database of its own on the server that Undersign uses."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from bench.ports import wait_until_listening
from tests.ports import free_port
from tests.site import end
from undersign.foundation.child_process import ending_with_parent

NAME = "plain_django"
SLUG = "petition"
# Threads of each process: some compute while others wait for the database.
THREADS = 4


@contextmanager
def plain_django_serving(server_url: str, *, workers: int) -> Iterator[str]:
    """Make the database, serve, and give the address."""
    database_url = urlsplit(server_url)._replace(path=f"/{NAME}").geturl()
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {NAME}")
    environment = {**os.environ, "DATABASE_URL": database_url, "PYTHONPATH": str(Path.cwd())}
    environment["DJANGO_SETTINGS_MODULE"] = "bench.plain_django.settings"
    tables = [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"]
    subprocess.run(tables, env=environment, check=True)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO plain_django_petition (slug, is_open) VALUES (%s, true)", [SLUG])
    port = free_port()
    process = subprocess.Popen(
        _command(port, workers),
        env=environment,
        stdout=subprocess.DEVNULL,
        preexec_fn=ending_with_parent(signal.SIGTERM),  # noqa: PLW1509 -- no threads of ours here
    )
    try:
        wait_until_listening(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        end(process)


def _command(port: int, workers: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "bench.plain_django.wsgi:application", "--interface", "wsgi"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)),
        *("--blocking-threads", str(THREADS), "--no-ws"),
    ]
