"""pg_dump and pg_restore: of the server's own major version if possible, never of an older one."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from undersign.config.backup.errors import ProgramFailed
from undersign.config.connections import conninfo
from undersign.foundation.postgres.errors import BinariesMissing
from undersign.foundation.postgres.programs import directory_in_wheel

SERVICE = "undersign"


def server_major() -> int:
    """Ask the server for its major version."""
    connection.ensure_connection()
    return int(connection.connection.info.server_version) // 10_000


def program(name: str) -> Path:
    """Find a program for the server we use; raises ProgramFailed."""
    wanted = server_major()
    found = {major: path for path in _candidates(name) if (major := _major(path)) >= wanted}
    if not found:
        raise ProgramFailed(
            f"No {name} of PostgreSQL {wanted} or newer was found. Install the client programs of your "
            "server's version, or name their directory in UNDERSIGN_POSTGRES_BIN."
        )
    return found[min(found)]


@contextmanager
def connecting() -> Iterator[Mapping[str, str]]:
    """Give the environment in which a program finds our database; no password stands in its arguments."""
    with tempfile.TemporaryDirectory(prefix="undersign-") as directory:  # 0700
        file = Path(directory) / "service"
        parts = conninfo_to_dict(conninfo())
        file.write_text("\n".join([f"[{SERVICE}]", *(f"{k}={v}" for k, v in parts.items()), ""]))
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        yield clean | {"PGSERVICEFILE": str(file), "PGSERVICE": SERVICE}


def _candidates(name: str) -> Iterator[Path]:
    """Name the places a program may be in; of one version the last wins."""
    if on_path := shutil.which(name):
        yield Path(on_path)
    yield from sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    with suppress(BinariesMissing):
        yield directory_in_wheel() / name
    if chosen := os.environ.get("UNDERSIGN_POSTGRES_BIN"):
        yield Path(chosen) / name


def _major(path: Path) -> int:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else 0
