"""Where the embedded server of a data directory lives: the same answer every time, nothing started."""

import hashlib
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from undersign.foundation.postgres.account import Account
from undersign.foundation.postgres.errors import DirectoryUnusable

NAME = "undersign"  # of the role and of the database
PORT = 5432  # only names the socket; nothing listens on TCP
SYSTEM_HOME = Path("/var/lib/undersign")
# A socket's path must fit into 107 bytes (struct sockaddr_un on Linux; 103 on macOS).
LONGEST_SOCKET_DIR = 103 - len(f"/.s.PGSQL.{PORT}")


@dataclass(frozen=True)
class Layout:
    """The places of one server. `home` holds everything but, when its path is too long, the socket."""

    home: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        """What the server has said since it was last started."""
        return self.home / "server.log"

    @property
    def socket_dir(self) -> Path:
        """The directory of the socket, short enough for the system's limit."""
        inside = self.home / "socket"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_DIR:
            return inside
        return Path("/tmp") / f"undersign-{digest(self.home)}"  # noqa: S108 checked before use, see prepare

    @property
    def url(self) -> str:
        """The database's address, for DATABASE_URL."""
        # With the port, because PGPORT in somebody's environment would name another socket.
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(self.socket_dir), safe='')}&port={PORT}"


def layout_of(data_dir: Path) -> Layout:
    """Return the layout of the embedded server that belongs to `data_dir`.

    For an ordinary user it is inside. Root's server runs under another account, which may not be able to
    reach `data_dir` (a checkout under /root), so it lives in /var/lib/undersign, named after the path.
    """
    data_dir = data_dir.resolve()
    inside = data_dir / "postgres"
    if os.geteuid() != 0 or inside.exists():
        return Layout(inside)
    label = re.sub(r"[^a-z0-9]+", "-", data_dir.parent.name.lower())[:20].strip("-")
    return Layout(SYSTEM_HOME / f"{label or 'data'}-{digest(data_dir)}")


def digest(path: Path) -> str:
    """Shorten a path to twelve characters that tell it apart."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def database_url(data_dir: Path) -> str:
    """Return the DATABASE_URL of the embedded server that belongs to `data_dir`, running or not."""
    return layout_of(data_dir).url


def prepare(layout: Layout, account: Account) -> None:
    """Make the directories of a server, closed to everybody else; raises DirectoryUnusable.

    Only directories made here get a mode; those above them are left alone.
    """
    try:
        layout.home.parent.mkdir(parents=True, exist_ok=True)
        for path in (layout.home, layout.socket_dir):
            make_private(path, account)
    except PermissionError as error:
        raise DirectoryUnusable(f"{error.filename} cannot be written: permission denied.") from error
    except OSError as error:
        raise DirectoryUnusable(f"{error.filename} cannot be used: {error.strerror}.") from error


def put_in_place(made: Path, target: Path) -> None:
    """Rename a finished directory to its name; one that somebody else finished first is as good."""
    try:
        made.rename(target)
    except OSError:
        shutil.rmtree(made)


def make_private(path: Path, account: Account) -> None:
    """Make one directory with mode 0700 for the account, or make sure that it is one."""
    if not path.exists():
        made = Path(tempfile.mkdtemp(dir=path.parent, prefix=f"{path.name}."))  # 0700 from the beginning
        account.own(made)
        put_in_place(made, path)
    found = path.lstat()
    if not path.is_dir() or path.is_symlink() or found.st_uid != account.uid or found.st_mode & 0o077:
        raise DirectoryUnusable(
            f"{path} must be a directory with mode 0700 that belongs to the user who runs PostgreSQL "
            f"(uid {account.uid}). Nothing was changed."
        )
