"""Restoring a backup into an empty instance: first everything is checked, then something is written."""

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from undersign.config.backup import archive
from undersign.config.backup.archive import Header, archive_verify, members
from undersign.config.backup.errors import (
    ArchiveDamaged,
    ArchiveForeign,
    KeysMissing,
    ProgramFailed,
    TargetNotEmpty,
)
from undersign.config.backup.making import Belongings, own
from undersign.config.backup.passphrase import keys_open
from undersign.config.backup.programs import connecting, program
from undersign.config.doctor.findings import rows
from undersign.config.health import migrations_of_this_code
from undersign.config.progress import Advance
from undersign.foundation.keys import KeyRing, load_keys
from undersign.foundation.keys.ring import ring_from_json
from undersign.supporters.erasure_list import erasures_merge

THINGS = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""


@dataclass(frozen=True, slots=True)
class Restoration:
    """A checked archive that may be unpacked here; `keys` is the text of the keys file to write, if any."""

    path: Path
    header: Header
    keys: bytes | None


def restoration_check(*, path: Path, belongings: Belongings, passphrase: str | None) -> Restoration:
    """Read the whole archive and look whether it can be restored here. Writes nothing. Raises BackupError.

    `passphrase` is needed only where the keys file is not there already.
    """
    header = archive_verify(path)
    newer = set(header.migrations) - {".".join(name) for name in own(migrations_of_this_code())}
    if newer:
        raise ArchiveForeign(
            f"{path} was made by a newer Undersign ({header.undersign}): it has {min(newer)}."
        )
    _require_empty(belongings)
    keys = _keys_for(path, belongings, header, passphrase)
    return Restoration(path, header, keys)


def restore(*, restoration: Restoration, belongings: Belongings, progress: Advance) -> None:
    """Unpack a checked archive: database, keys, erasure list, uploads. Raises BackupError.

    The database comes in one transaction, the uploads get their name at the end: what fails leaves nothing.
    """
    staging = belongings.media_dir.with_name(f"{belongings.media_dir.name}.restoring")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        _unpack(restoration.path, belongings, staging, progress)
        if restoration.keys is not None:
            _write_private(belongings.keys_file, restoration.keys)
        if belongings.media_dir.exists():
            belongings.media_dir.rmdir()  # it is empty
        staging.rename(belongings.media_dir)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _unpack(path: Path, belongings: Belongings, staging: Path, progress: Advance) -> None:
    command: list[str | Path] = [
        *(program("pg_restore"), "--single-transaction", "--exit-on-error"),
        *("--no-owner", "--no-privileges", "--no-comments", "--dbname=service=undersign"),
    ]
    with (
        connecting() as environment,
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=errors, stderr=errors
        ) as process,
    ):
        _feed(process, path, belongings, staging, progress)
        if process.wait():
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()
            raise ProgramFailed(f"pg_restore failed, and the database is as empty as before:\n{said[-1000:]}")


def _feed(
    process: subprocess.Popen[bytes], path: Path, belongings: Belongings, staging: Path, progress: Advance
) -> None:
    """Give each member to whom it belongs."""
    assert process.stdin is not None  # noqa: S101 -- for the type checker
    written = 0
    try:
        for name, content in members(path):
            part, _, rest = name.partition("/")
            if part == archive.DATABASE:
                written += process.stdin.write(content.read())
                progress(written)
            elif part == archive.MEDIA:
                target = staging / rest
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as file:
                    shutil.copyfileobj(content, file)
            elif name == archive.ERASURES:
                erasures_merge(belongings.erasures_file, content.read().decode())
        process.stdin.close()
    except BrokenPipeError:
        pass  # it ended early, and its last words say why


def _require_empty(belongings: Belongings) -> None:
    [[things]] = rows(THINGS)
    if things:
        raise TargetNotEmpty(
            f"The database is not empty: it holds {things} tables and sequences. A backup is restored into "
            "an empty one only. Name another in DATABASE_URL, or a new directory in UNDERSIGN_DATA_DIR."
        )
    if belongings.media_dir.exists() and any(belongings.media_dir.iterdir()):
        raise TargetNotEmpty(f"{belongings.media_dir} holds files. Move them away first.")


def _keys_for(path: Path, belongings: Belongings, header: Header, passphrase: str | None) -> bytes | None:
    """Find the keys that the data needs: those that are here, or the archive's. Raises BackupError."""
    if belongings.keys_file.exists():
        _require_keys(load_keys(belongings.keys_file), header, f"The keys file {belongings.keys_file}")
        return None
    sealed = next((content.read() for name, content in members(path) if name == archive.KEYS), None)
    if sealed is None:
        raise KeysMissing(
            f"The keys are not in this backup, and there is no keys file at {belongings.keys_file}. Put your "
            "copy there first: without it nobody's data can be opened."
        )
    if passphrase is None:
        raise KeysMissing("The keys in this backup need its passphrase.")
    plain = keys_open(sealed, passphrase=passphrase)
    try:
        ring = ring_from_json(json.loads(plain))
    except ValueError as error:
        raise ArchiveDamaged(f"The keys in {path} are damaged: {error}.") from error
    _require_keys(ring, header, "The backup's own keys file")
    return plain


def _require_keys(ring: KeyRing, header: Header, which: str) -> None:
    missing = set(header.sealing_keys) - {key.key_id.hex() for key in ring.sealing_keys}
    missing |= {f"of index epoch {n}" for n in set(header.index_epochs) - {k.epoch for k in ring.index_keys}}
    if missing:
        raise KeysMissing(f"{which} lacks keys that this backup's data needs: {', '.join(sorted(missing))}.")


def has_sealed_keys(path: Path) -> bool:
    """Say whether an archive holds the keys. Raises ArchiveForeign, ArchiveDamaged."""
    for number, (name, _content) in enumerate(members(path)):
        if name == archive.KEYS or number == 1:
            return name == archive.KEYS
    return False


def _write_private(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
