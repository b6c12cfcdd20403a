"""undersign prepare: everything a new version needs before it serves."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from undersign.config.database import database_available
from undersign.config.static_files import static_files_pack
from undersign.foundation.keys import ensure_keys_file
from undersign.supporters.mailbox_rules import ALIAS_RULES_VERSION

MIGRATING = 0x756E6401  # the advisory lock that one process at a time migrates under


@click.command(name="prepare")
@database_available()
def command() -> None:
    """Make the keys, bring the database up to date and collect the static files.

    `undersign up` does this by itself. Where web and worker are started in another way, run it once before
    a new version serves. It may run on several machines at once: one migrates, the others wait.
    """
    if ensure_keys_file(settings.KEYS_FILE, alias_rules=ALIAS_RULES_VERSION, at=datetime.now(UTC)):
        click.echo(f"New keys were made: {settings.KEYS_FILE}. Keep a copy where the database is not.")
    with only_one_migrating():
        migrate()
    call_command("collectstatic", interactive=False, verbosity=0)
    static_files_pack(settings.STATIC_ROOT)


@contextmanager
def only_one_migrating() -> Iterator[None]:
    """Hold an advisory lock on Django's connection, so that two processes never migrate at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])


def migrate() -> None:
    """Apply what is missing, and say how much and how long."""
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not missing:
        return
    click.echo(f"Bringing the database up to date: {missing} steps …")
    began = time.monotonic()
    call_command("migrate", interactive=False, verbosity=0)
    click.echo(f"The database is up to date ({time.monotonic() - began:.0f} s).")
