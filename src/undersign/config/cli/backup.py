"""undersign backup: everything in one file."""

from datetime import UTC, datetime
from pathlib import Path

import click
from django.conf import settings
from django.db import DatabaseError

from undersign.config.backup.errors import BackupError
from undersign.config.backup.making import Belongings, backup_make
from undersign.config.database import database_available, say
from undersign.config.passphrases import VARIABLE, passphrase_ask
from undersign.config.progress import progress_bar
from undersign.foundation.keys import KeysError, load_keys


@click.command(name="backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--with-keys", is_flag=True, help="Put the keys in too, under a passphrase.")
@click.option("--passphrase-stdin", is_flag=True, help=f"Read it from standard input; {VARIABLE} works too.")
@database_available()
def command(file: Path, *, with_keys: bool, passphrase_stdin: bool) -> None:
    """Write the database, the uploads and the list of erasures into FILE. It may run while the site does.

    Names and addresses in it are sealed, and without --with-keys it opens for nobody who lacks your keys
    file: keep a copy of that somewhere else.
    """
    belongings = belongings_of_settings()
    try:
        load_keys(belongings.keys_file)
        passphrase = passphrase_ask(from_stdin=passphrase_stdin, is_new=True) if with_keys else None
        with progress_bar("Database (bytes)", total=None) as progress:
            backup_make(
                output=file,
                belongings=belongings,
                passphrase=passphrase,
                at=datetime.now(UTC),
                progress=progress,
            )
    except (BackupError, KeysError) as error:
        raise click.ClickException(str(error)) from error
    except DatabaseError as error:
        raise click.ClickException(f"The database cannot be read: {error}") from error
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from error
    say(f"The backup is in {file} ({file.stat().st_size / 2**20:.1f} MiB).")
    if not with_keys:
        say(f"The keys are not in it. Keep a copy of {belongings.keys_file} somewhere else.")


def belongings_of_settings() -> Belongings:
    """Name what lies outside the database, as the settings have it."""
    return Belongings(
        keys_file=settings.KEYS_FILE,
        erasures_file=settings.ERASURES_FILE,
        media_dir=Path(settings.MEDIA_ROOT),
    )
