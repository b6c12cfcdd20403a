"""The account that the server runs under. PostgreSQL refuses to run as root, so root lends it another."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from undersign.foundation.postgres.errors import AccountMissing

SYSTEM_USER = "undersign"


class RunAs(TypedDict, total=False):
    """What `subprocess` needs to run a program under an account; empty means as we are."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """Who runs the server. `is_lent` when root runs it as somebody else."""

    uid: int
    gid: int
    is_lent: bool

    @property
    def run_as(self) -> RunAs:
        """Give the arguments that make `subprocess` start a program under this account."""
        if not self.is_lent:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Hand a file or directory that we just made to this account."""
        if self.is_lent:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def account_for(home: Path) -> Account:
    """Return the account for a server that lives in `home`; raises AccountMissing.

    An ordinary user runs it as themselves. Root keeps the owner of a server that is there already, and
    otherwise uses the system user named by UNDERSIGN_POSTGRES_USER, or one called `undersign`.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_lent=False)
    if home.exists() and (owner := home.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, is_lent=True)
    entry = system_user()
    return Account(entry.pw_uid, entry.pw_gid, is_lent=True)


def system_user() -> pwd.struct_passwd:
    """Find the system user that root lends to the server, or create it; raises AccountMissing."""
    chosen = os.environ.get("UNDERSIGN_POSTGRES_USER")
    name = chosen or SYSTEM_USER
    entry = find_user(name)
    if entry is None and chosen:
        raise AccountMissing(f"UNDERSIGN_POSTGRES_USER is {chosen}, and this machine has no such user.")
    if entry is None:
        create_user(name)
        entry = find_user(name)
    if entry is None or entry.pw_uid == 0:
        raise AccountMissing(
            "PostgreSQL will not run as root, and no system user could be created for it. Run Undersign as "
            "an ordinary user, name one in UNDERSIGN_POSTGRES_USER, or set DATABASE_URL to a server you run."
        )
    return entry


def find_user(name: str) -> pwd.struct_passwd | None:
    """Look an account up by its name."""
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def create_user(name: str) -> None:
    """Create a system user without a home or a shell, with whichever program this system has for it."""
    commands = (
        ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name],
        ["adduser", "-S", "-D", "-H", "-s", "/sbin/nologin", name],  # busybox
    )
    for command in commands:
        if shutil.which(command[0]):
            subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)
            return
