"""What one request costs: processor time of the site and of PostgreSQL, and write-ahead log.

What many machines need is reckoned from these; docs/scaling.md has the arithmetic.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import psutil
import psycopg

from bench.links import confirm
from bench.pace import Pace
from bench.phases.writes import CONFIRMED, CONNECTIONS, SIGNED, forms, links_enough, signing
from bench.requests import Request, get, prepare
from bench.results import Results
from bench.stage import Stage
from bench.wrk import peak
from undersign.foundation.postgres.layout import layout_of
from undersign.foundation.postgres.postmaster import processes_in

WAL = "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"


@dataclass(frozen=True, slots=True)
class Meter:
    """Seconds of processor time and bytes of log, all since the beginning."""

    web: float
    database: float
    wal: int

    @classmethod
    def read(cls, stage: Stage) -> "Meter":
        with psycopg.connect(stage.database_url) as connection:
            found = connection.execute(WAL).fetchone()
        assert found
        servers = processes_in(layout_of(stage.directory).cluster)
        return cls(used(stage.web_processes()), used(servers), int(found[0]))

    def since(self, before: "Meter", *, shared_by: int) -> dict[str, float]:
        """Tell what one of so many requests cost."""
        return {
            "web_cpu_ms": round(1000 * (self.web - before.web) / shared_by, 3),
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


def measure(stage: Stage, results: Results, pace: Pace) -> None:
    """Measure one of each kind at full load, when batches are large and each costs least."""
    with stage.site:
        signing(stage, pace)  # warms up
        for name, requests in loads(stage, pace).items():
            prepared = prepare(requests(), stage.scratch("costs"), threads=2)
            before = Meter.read(stage)
            number = peak(stage.site.url, prepared, seconds=pace.seconds, connections=CONNECTIONS).requests
            cost = Meter.read(stage).since(before, shared_by=number)
            results.add("costs", {name: cost})
            print(f"{name}: {cost}", flush=True)


def loads(stage: Stage, pace: Pace) -> Mapping[str, Callable[[], Iterable[Request]]]:
    """Tell how to make the requests of each kind, when their turn comes."""
    return {
        "page_view": lambda: [get("view", stage.path)] * 2,
        "sign": lambda: forms(stage, SIGNED * pace.seconds),
        "confirm": lambda: map(confirm, links_enough(stage, CONFIRMED * pace.seconds, pace)),
    }
