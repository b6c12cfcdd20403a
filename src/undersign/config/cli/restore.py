"""undersign restore: a backup becomes an instance again."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from django.conf import settings
from django.db import DatabaseError

from undersign.config.backup.errors import BackupError
from undersign.config.backup.replaying import erasures_replay
from undersign.config.backup.restoring import (
    Restoration,
    has_sealed_keys,
    restoration_check,
    restore,
)
from undersign.config.cli.backup import belongings_of_settings
from undersign.config.cli.doctor import examination_now, exit_status, line
from undersign.config.cli.prepare import migrate, only_one_migrating
from undersign.config.database import database_available, say
from undersign.config.doctor.examination import examine_data
from undersign.config.passphrases import VARIABLE, passphrase_ask
from undersign.config.progress import progress_bar
from undersign.foundation.keys import KeysError, load_keys
from undersign.supporters.erasure_list import erasures_read
from undersign.supporters.mailbox import AliasRulesUnknown


@click.command(name="restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--passphrase-stdin", is_flag=True, help=f"Read the keys' passphrase from standard input, or {VARIABLE}."
)
@database_available()
def command(file: Path, *, passphrase_stdin: bool) -> None:
    """Bring the backup FILE back, into an empty database only. Stop the site first.

    The whole file is checked before anything is written. Whoever was erased since is erased again, and at the
    end the data is examined as `undersign doctor` does.
    """
    belongings = belongings_of_settings()
    try:
        passphrase = None
        if not belongings.keys_file.exists() and has_sealed_keys(file):
            passphrase = passphrase_ask(from_stdin=passphrase_stdin, is_new=False)
        say("Checking the backup …")
        restoration = restoration_check(path=file, belongings=belongings, passphrase=passphrase)
        with progress_bar("Database (bytes)", total=file.stat().st_size) as progress:
            restore(restoration=restoration, belongings=belongings, progress=progress)
        _follow(restoration)
    except (BackupError, KeysError, AliasRulesUnknown) as error:
        raise click.ClickException(str(error)) from error
    except DatabaseError as error:
        raise click.ClickException(f"The database cannot be used: {error}") from error
    except OSError as error:
        raise click.ClickException(f"{error.filename or file}: {error.strerror}.") from error
    sys.exit(_examine())


def _follow(restoration: Restoration) -> None:
    """Bring the schema up to date and erase who was erased since."""
    say(f"Restored the backup of {restoration.header.made_at}.")
    with only_one_migrating():
        migrate()
    say("Erasing again whoever was erased after the backup …")
    erased = erasures_replay(
        erasures=erasures_read(settings.ERASURES_FILE),
        ring=load_keys(settings.KEYS_FILE),
        at=datetime.now(UTC),
    )
    say(f"{erased:,} people who were erased after the backup are erased again.")


def _examine() -> int:
    say("Examining the data …")
    findings = list(examine_data(examination_now(is_exact=True)))
    for finding in findings:
        click.echo(line(finding))
    return exit_status(findings)
