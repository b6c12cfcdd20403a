"""The database for the time of a command."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click
from django.conf import settings
from django.db import connections

from undersign.foundation.postgres import server_running
from undersign.foundation.postgres.errors import PostgresUnavailable


def say(line: str) -> None:
    """Tell the person at the terminal, apart from what the command prints."""
    click.echo(line, err=True)


@contextmanager
def database_available() -> Iterator[None]:
    """Make sure that the database runs, as a context or as a decorator under `@click.command()`.

    With DATABASE_URL that server is used as it is. Otherwise the embedded one is joined where `undersign up`
    runs it, or started until the command ends. Raises click.ClickException in plain words when it cannot run.
    """
    if os.environ.get("DATABASE_URL"):
        yield
        return
    try:
        with server_running(settings.DATA_DIR, report=say):
            try:
                yield
            finally:
                connections.close_all()
    except PostgresUnavailable as error:
        raise click.ClickException(str(error)) from error
