"""PostgreSQL's own single-row commits, on the server and with the settings that Undersign runs on."""

import re
import subprocess
from pathlib import Path

import psycopg

from undersign.foundation.postgres.account import account_for
from undersign.foundation.postgres.programs import programs_for

HERE = Path(__file__).parent


class Pgbench:
    """`pgbench -c 32 -j 2 -M prepared` with the committed script."""

    def __init__(self, database_url: str, home: Path) -> None:
        self._url = database_url
        self._program = programs_for(account_for(home)).path("pgbench")
        with psycopg.connect(database_url, autocommit=True) as connection:
            self.version = str(connection.info.server_version)
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
            assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
            connection.execute((HERE / "pgbench_schema.sql").read_text())

    def rate(self, *, seconds: int) -> float:
        """Commit for some seconds and tell how many a second."""
        options = ["-n", "-c", "32", "-j", "2", "-M", "prepared", "-T", str(seconds)]
        done = subprocess.run(
            [self._program, *options, "-f", str(HERE / "pgbench.sql"), self._url],
            capture_output=True,
            text=True,
            check=True,
        )
        found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
        assert found, done.stdout
        return float(found[1])
