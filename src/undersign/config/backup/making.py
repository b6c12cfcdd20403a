"""Making a backup."""

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO

from django.apps import apps

from undersign.config.backup.archive import DATABASE, ERASURES, KEYS, MEDIA, PIECE, ArchiveWriter, Header
from undersign.config.backup.errors import BackupError, ProgramFailed
from undersign.config.backup.passphrase import keys_seal
from undersign.config.backup.programs import connecting, program, server_major
from undersign.config.doctor.keys import key_ids_in_use
from undersign.config.health import applied_migrations
from undersign.config.progress import Advance
from undersign.supporters.models import IndexEpoch

# What is worth nothing later: log-ins, heartbeats, the mailbox of an hour, downloads without their files.
LEFT_OUT = (
    "django_session",
    "foundation_heartbeat",
    "messaging_offlinemail",
    "delivery_signatureexport",
    "procrastinate_workers",
)


@dataclass(frozen=True, slots=True)
class Belongings:
    """What of an instance lies outside the database."""

    keys_file: Path
    erasures_file: Path
    media_dir: Path


def backup_make(
    *, output: Path, belongings: Belongings, passphrase: str | None, at: datetime, progress: Advance
) -> None:
    """Write everything into one new file; the keys only with a passphrase. `progress` hears bytes written.

    Raises BackupError; then there is no file.
    """
    sealed_keys = None
    if passphrase is not None:
        sealed_keys = keys_seal(belongings.keys_file.read_bytes(), passphrase=passphrase)
    header = _header(at)
    with _new_file(output) as file:
        archive = ArchiveWriter.begin(file, header)
        if sealed_keys is not None:
            archive.add(KEYS, sealed_keys)
        _add_database(archive, progress)
        # After the database: whoever is erased from now on is at most in both.
        if belongings.erasures_file.exists():
            archive.add(ERASURES, belongings.erasures_file.read_bytes())
        for path in sorted(belongings.media_dir.rglob("*")):
            if path.is_file():
                archive.add_file(f"{MEDIA}/{path.relative_to(belongings.media_dir).as_posix()}", path)
        archive.finish()


def _header(at: datetime) -> Header:
    used, _ = key_ids_in_use(is_exact=True)
    return Header(
        made_at=at.isoformat(),
        undersign=version("undersign"),
        postgresql=server_major(),
        migrations=[".".join(name) for name in own(applied_migrations())],
        sealing_keys=sorted(used),
        index_epochs=sorted(IndexEpoch.objects.values_list("number", flat=True)),
    )


def own(migrations: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave out other people's migrations: they squash theirs, so an old name says nothing."""
    labels = {config.label for config in apps.get_app_configs() if config.name.startswith("undersign.")}
    return sorted(name for name in migrations if name[0] in labels)


def _add_database(archive: ArchiveWriter, progress: Advance) -> None:
    command: list[str | Path] = [program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
    command += [f"--exclude-table-data=public.{table}" for table in LEFT_OUT]
    with (
        connecting() as environment,
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=errors) as process,
    ):
        assert process.stdout is not None  # noqa: S101 -- for the type checker
        written = 0
        while piece := process.stdout.read(PIECE):
            archive.add(f"{DATABASE}/{written // PIECE:08d}", piece)
            written += len(piece)
            progress(written)
        if process.wait():
            raise ProgramFailed(f"pg_dump failed: {_last_line(errors)}")


def _last_line(errors: IO[bytes]) -> str:
    errors.seek(0)
    return errors.read().decode(errors="replace").strip().rpartition("\n")[2]


@contextmanager
def _new_file(output: Path) -> Iterator[IO[bytes]]:
    """Give a file that only we can read; it gets its name when it is whole, else it is deleted."""
    if output.exists():
        raise BackupError(f"{output} is there already. Choose another name.")
    unfinished = output.with_name(f"{output.name}.part")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(output)
    finally:
        unfinished.unlink(missing_ok=True)
