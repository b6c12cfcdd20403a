"""The database is away in one way or another, and comes back."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

import psutil
import psycopg

from bench.drill.instance import wait_until
from bench.drill.scene import Scene
from bench.drill.visitors import PETITION, address_new, form_of

MOST_WAITED = 12.0  # seconds that anybody may be kept waiting for an answer
MOST_MEMORY = 100  # MB that a web process may grow by
BACK_WITHIN = 60.0  # seconds until signatures are taken again


def postgres_frozen(scene: Scene) -> None:
    """SIGSTOP all of PostgreSQL: it takes connections and says nothing."""
    with _outage(scene, scene.lasting(60, 15)):
        family = scene.instance.postgres_family()
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGSTOP)
        scene.on_end(lambda: _let_go(family))
        scene.require(scene.instance.readiness() == 503, "/readyz answers 503")


def postgres_stopped(scene: Scene) -> None:
    """Shut PostgreSQL down as an operator does, and start it again."""
    server = scene.instance.server
    assert server is not None
    with _outage(scene, scene.lasting(60, 15)):
        server.stop()
        scene.on_end(server.start)


def connections_exhausted(scene: Scene) -> None:
    """Cut everybody's connections and take all that PostgreSQL gives, so that nobody gets one."""
    with _outage(scene, scene.lasting(30, 10)):
        held: list[psycopg.Connection[Any]] = []
        for _ in range(6):  # who was cut connects again; so do we, until all are ours
            _take_all(scene.instance.database_url, held)
            ours = [connection.info.backend_pid for connection in held]
            held[0].execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> ALL(%s)",
                [ours],
            )
        _take_all(scene.instance.database_url, held)
        scene.also["connections_held"] = len(held)
        scene.on_end(lambda: [connection.close() for connection in held])


def pool_exhausted(scene: Scene) -> None:
    """Lock the tables of signing, so that every connection of every pool waits."""
    with _outage(scene, scene.lasting(30, 12)):
        connection = psycopg.connect(scene.instance.database_url)
        connection.execute("LOCK TABLE signing_attempt, signing_signature IN ACCESS EXCLUSIVE MODE")
        scene.on_end(connection.close)


def disk_full(scene: Scene) -> None:
    """Fill the database's file system to the last byte, and make room again."""
    ballast = scene.instance.data_dir / "postgres" / "ballast"
    with _outage(scene, scene.lasting(30, 15)):
        _fill(ballast)
        scene.on_end(ballast.unlink)


@contextmanager
def _outage(scene: Scene, seconds: float) -> Iterator[None]:
    """Let the damage last, mend it, wait for signatures, and compare what people were told meanwhile."""
    running, began, looks = _running(scene), time.monotonic(), len(scene.memory)
    try:
        yield
        _keep_filling_in(scene, until=began + seconds)
    finally:
        scene.mend()
    mended = time.monotonic()
    scene.also["seconds_to_recover"] = round(wait_until(scene.signs, "signing again"), 1)
    scene.also["most_memory_grown_mb"] = max(scene.memory[looks - 1 :]) - scene.memory[looks - 1]
    scene.require(scene.also["seconds_to_recover"] < BACK_WITHIN, "back within a minute")
    scene.require(_running(scene) == running, "no web process and no worker was restarted")
    scene.require(scene.also["most_memory_grown_mb"] < MOST_MEMORY, "memory bounded")
    _judge(scene, began, mended)


def _running(scene: Scene) -> set[int]:
    """Name the processes that serve and mail."""
    return {process.pid for process in (*scene.instance.web_workers(), scene.instance.task_worker())}


def _keep_filling_in(scene: Scene, until: float) -> None:
    """Send forms with an error too: their page asks the database, and must not hang either."""
    visitor = scene.crowd.visitor()
    form = form_of(visitor.read(PETITION))
    while time.monotonic() < until:
        with suppress(OSError, HTTPException):
            visitor.sign(form, address_new("wrong").replace("@", " at "))
        time.sleep(1)
    visitor.leave()


def _judge(scene: Scene, began: float, mended: float) -> None:
    meanwhile = [
        e for e in scene.journal.entries("seen", "refused", "signed") if began + 2 < e["at"] < mended
    ]
    refused = [e for e in meanwhile if e["kind"] == "refused" and e["what"] == "sign"]
    away = [e for e in refused if e["status"] == 503]
    seen = [e["at"] for e in meanwhile if e["kind"] == "seen"]
    scene.also |= {
        "pages_and_counts_meanwhile": len(seen),
        "told_to_come_back": len(away),
        "slowest_meanwhile_s": max((e["took"] for e in meanwhile), default=0.0),
    }
    scene.require(bool(seen), "pages and counts are served meanwhile")
    scene.require(
        not any(e["what"] in {"page", "count"} for e in meanwhile if e["kind"] == "refused"),
        "no page and no count is refused",
    )
    scene.require(bool(away), "signing answers 503")
    scene.require(all(e["retry_after"] and e["keeps_form"] for e in away), "each 503 keeps the form")
    scene.require(
        {e["status"] for e in refused} <= {503, 422}, "nothing but 503 and what is wrong in the form"
    )
    scene.require(scene.also["slowest_meanwhile_s"] < MOST_WAITED, "nobody waits long")


def _let_go(family: list[psutil.Process]) -> None:
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGCONT)


def _take_all(url: str, held: list[psycopg.Connection[Any]]) -> None:
    with suppress(psycopg.OperationalError):
        while True:
            held.append(psycopg.connect(url, autocommit=True, connect_timeout=5))


def _fill(ballast: Path) -> None:
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(65536))
