"""Start and stop the embedded server."""

from pathlib import Path
from typing import TYPE_CHECKING, Self

import psycopg
from psycopg.conninfo import make_conninfo

from undersign.foundation.file_lock import FileLock
from undersign.foundation.postgres import configuration, postmaster
from undersign.foundation.postgres.account import account_for
from undersign.foundation.postgres.cluster import ensure_cluster
from undersign.foundation.postgres.errors import AlreadyOwned
from undersign.foundation.postgres.layout import NAME, layout_of, prepare
from undersign.foundation.postgres.postmaster import Report
from undersign.foundation.postgres.programs import programs_for

if TYPE_CHECKING:
    import subprocess


class EmbeddedServer:
    """The PostgreSQL of one data directory. Whoever starts it owns it until `stop`, or until they die.

    `is_durable=False` is for tests: faster, and a power cut may lose everything.
    """

    def __init__(
        self, data_dir: Path, *, is_durable: bool = True, report: Report = lambda _line: None
    ) -> None:
        self.layout = layout_of(data_dir)
        self.account = account_for(self.layout.home)
        self.owner = FileLock(self.layout.home / "owner.lock")
        self._settings = {**configuration.SETTINGS, **({} if is_durable else configuration.FORGETFUL)}
        self._report = report
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The database's address, for DATABASE_URL."""
        return self.layout.url

    @property
    def pid(self) -> int | None:
        """The process id of the server if we run it and it has not ended."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self, *, patience: float = 0) -> None:
        """Start the server and wait until it takes connections.

        `patience` is how many seconds to wait for another owner to finish. Raises AlreadyOwned when that is
        not enough, and the other errors of this package; the server does not run then.
        """
        prepare(self.layout, self.account)
        if not self.owner.acquire_within(patience):
            raise AlreadyOwned(f"Another process runs the PostgreSQL in {self.layout.home}.")
        try:
            self._start_as_owner()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Shut the server down and wait until it has ended; without one, do nothing."""
        if self._process is not None:
            postmaster.stop(self._process)
            self._process = None
        self.owner.release()

    def _start_as_owner(self) -> None:
        programs = programs_for(self.account)
        ensure_cluster(self.layout, self.account, programs, self._settings)
        postmaster.clear_away(self.layout.cluster, self._report)
        self._process = postmaster.launch(self.layout, self.account, programs)
        postmaster.wait_until_ready(self._process, self.layout, self._report)
        ensure_database(self.url)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()


def ensure_database(url: str) -> None:
    """Create our database in a new cluster."""
    with psycopg.connect(make_conninfo(url, dbname="postgres"), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone() is None:
            connection.execute(f"CREATE DATABASE {NAME}")
