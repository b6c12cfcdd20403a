"""The data of the embedded server: made once, kept ever after."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from undersign.foundation.postgres import configuration
from undersign.foundation.postgres.account import Account
from undersign.foundation.postgres.errors import DataFromAnotherVersion, DiskFull, ServerDidNotStart
from undersign.foundation.postgres.layout import NAME, Layout
from undersign.foundation.postgres.programs import Programs

FIRST_WITH_BUILTIN_LOCALE = 17
ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}


def ensure_cluster(
    layout: Layout, account: Account, programs: Programs, settings: Mapping[str, str | int]
) -> None:
    """Make the data directory if there is none and write today's settings.

    Raises DataFromAnotherVersion, DiskFull and ServerDidNotStart (when initdb fails).
    """
    if not layout.cluster.exists():
        create(layout, account, programs)
    require_version(layout.cluster, programs)
    write(layout.cluster / "undersign.conf", configuration.rendered(settings), account)


def create(layout: Layout, account: Account, programs: Programs) -> None:
    """Run initdb beside the final place and rename, so that half a cluster is never taken for one."""
    unfinished = layout.home / "cluster.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    done = subprocess.run(
        [
            *(programs.path("initdb"), f"--pgdata={unfinished}", f"--username={NAME}", "--encoding=UTF8"),
            *(
                "--auth-local=trust",
                "--auth-host=reject",
                "--data-checksums",
                *locale_options(programs.major),
            ),
        ],
        **account.run_as,
        cwd=layout.home,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise failure_of_initdb(done.stderr, layout)
    write(unfinished / "postgresql.conf", configuration.MAIN_FILE, account)
    write(unfinished / "local.conf", configuration.LOCAL_FILE, account)
    unfinished.rename(layout.cluster)


def locale_options(major: int) -> list[str]:
    """Sort and fold by code point, the same on every machine: an index then survives a system upgrade."""
    if major >= FIRST_WITH_BUILTIN_LOCALE:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C", "--lc-ctype=C.UTF-8"]


def require_version(cluster: Path, programs: Programs) -> None:
    """Raise DataFromAnotherVersion unless these programs can read the data."""
    written_by = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    if written_by != str(programs.major):
        raise DataFromAnotherVersion(
            f"The data in {cluster} was written by PostgreSQL {written_by}; the programs in "
            f"{programs.directory} are version {programs.major}. Nothing was changed. Set "
            f"UNDERSIGN_POSTGRES_BIN to programs of version {written_by}, or make a "
            "backup with those and restore it elsewhere."
        )


def failure_of_initdb(said: str, layout: Layout) -> Exception:
    """Turn what initdb said into the error to raise."""
    if "No space left on device" in said:
        return DiskFull(f"The disk that holds {layout.home} is full: no database could be made.")
    return ServerDidNotStart(f"No database could be made in {layout.home}:\n{said.strip()}")


def write(path: Path, text: str, account: Account) -> None:
    """Write a file that belongs to the server's account, in one step."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    beside.write_text(text, encoding="utf-8")
    beside.chmod(0o600)
    account.own(beside)
    beside.replace(path)
