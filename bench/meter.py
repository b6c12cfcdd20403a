"""What was used so far: processor time of processes of ours and of PostgreSQL, and write-ahead log."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

import psutil
import psycopg

from bench.stage import Stage
from undersign.foundation.postgres.layout import layout_of
from undersign.foundation.postgres.postmaster import processes_in

WAL = "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"


@dataclass(frozen=True, slots=True)
class Meter:
    """Seconds of processor time and bytes of log, all since the beginning."""

    ours: float
    database: float
    wal: int

    @classmethod
    def read(cls, stage: Stage, processes: Iterable[psutil.Process]) -> "Meter":
        with psycopg.connect(stage.database_url) as connection:
            found = connection.execute(WAL).fetchone()
        assert found
        servers = processes_in(layout_of(stage.directory).cluster)
        return cls(used(processes), used(servers), int(found[0]))

    def since(self, before: "Meter", *, shared_by: int, whose: str) -> dict[str, float]:
        """Tell what one of so many cost, and `whose` processes these are beside PostgreSQL's."""
        return {
            f"{whose}_cpu_ms": round(1000 * (self.ours - before.ours) / shared_by, 3),
            "database_cpu_ms": round(1000 * (self.database - before.database) / shared_by, 3),
            "wal_bytes": round((self.wal - before.wal) / shared_by),
        }


def used(processes: Iterable[psutil.Process]) -> float:
    """Add up the processor time of processes, in seconds."""
    total = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total
