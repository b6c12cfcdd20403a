"""Programs that are not ours."""

from pathlib import Path

import psutil

from undersign.foundation.postgres.account import Account


def spawn(command: list[str], log: Path, account: Account) -> psutil.Popen:
    """Run a program under the account that PostgreSQL has."""
    with log.open("ab") as said:
        return psutil.Popen(command, stdout=said, stderr=said, cwd="/", **account.run_as)
