"""PostgreSQL's own single-row commits, on the server and with the settings that Undersign runs on."""

import re
import subprocess
import tempfile
from pathlib import Path
from statistics import quantiles

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
        said = self._run(seconds)
        found = re.search(r"^tps = ([\d.]+)", said, re.MULTILINE)
        assert found, said
        return float(found[1])

    def percentiles(self, *, rate: float, seconds: int) -> list[float]:
        """Commit at a rate, at times by chance, and tell how long after it was due each was there.

        Gives the 1st to the 99th percentile, in milliseconds.
        """
        with tempfile.TemporaryDirectory() as directory:
            self._run(seconds, f"--rate={rate}", "--log", f"--log-prefix={directory}/log")
            lines = (line for log in Path(directory).iterdir() for line in log.read_text().splitlines())
            return quantiles((int(line.split()[2]) / 1000 for line in lines), n=100)

    def _run(self, seconds: int, *more: str) -> str:
        options = ["-n", "-c", "32", "-j", "2", "-M", "prepared", "-T", str(seconds), *more]
        return subprocess.run(
            [self._program, *options, "-f", str(HERE / "pgbench.sql"), self._url],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
