"""undersign prepare: everything a new version needs before it serves."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands.migrate import Command as Migrations
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from psycopg.errors import LockNotAvailable

from undersign.config.database import database_available
from undersign.config.progress import Advance, progress_bar
from undersign.config.static_files import static_files_pack
from undersign.foundation.keys import ensure_keys_file
from undersign.supporters.mailbox_rules import ALIAS_RULES_VERSION

MIGRATING = 0x756E6401  # the advisory lock that one process at a time migrates under
LOCK_WITHIN = 2  # seconds that a migration may wait for a table
LOCK_TRIES = 30


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
    with short_locks(), progress_bar("Database (steps)", total=missing) as progress:
        migrate_patiently(CountedMigrations(progress))
    click.echo(f"The database is up to date ({time.monotonic() - began:.0f} s).")


@contextmanager
def short_locks() -> Iterator[None]:
    """Give up on a lock soon: whoever signs queues behind a migration that waits for one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{LOCK_WITHIN}s"])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


class CountedMigrations(Migrations):
    """Django's command, which tells `progress` how many steps it has taken."""

    def __init__(self, progress: Advance) -> None:
        super().__init__()
        self._progress, self._taken = progress, 0

    def migration_progress_callback(
        self, action: str, migration: Migration | None = None, fake: bool = False
    ) -> None:
        """Hear from Django what becomes of a migration."""
        super().migration_progress_callback(action, migration, fake)
        if action == "apply_success":
            self._taken += 1
            self._progress(self._taken)


def migrate_patiently(migrations: Migrations) -> None:
    """Migrate, and go on after a pause where a table was in use: each migration is a transaction."""
    for _ in range(LOCK_TRIES):
        try:
            call_command(migrations, interactive=False, verbosity=0)
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            click.echo("A table is in use; the migration is tried again.", file=sys.stdout)  # above the bar
            time.sleep(LOCK_WITHIN)
        else:
            return
    message = "The database could not be brought up to date: a table is in use all the time."
    raise click.ClickException(message)
