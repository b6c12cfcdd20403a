"""The instance under drill: what `undersign up` runs, in a data directory and on a port of its own."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil
import psycopg

from tests.ports import free_port
from undersign.foundation.child_process import ending_with_parent
from undersign.foundation.postgres import EmbeddedServer
from undersign.foundation.postgres.layout import layout_of

PATIENCE = 240  # seconds to start or to stop on a busy machine
WEB_WORKERS = 2


def takes_connections(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 2).close()
    except OSError:
        return False
    return True


def wait_until(is_so: Callable[[], bool], what: str, *, patience: float = PATIENCE) -> float:
    """Wait and return how many seconds it took. Raises TimeoutError."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > patience:
            raise TimeoutError(what)
        time.sleep(0.1)
    return time.monotonic() - began


@dataclass
class Instance:
    """`environment` is added to ours for every process; `workers` are web processes."""

    data_dir: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    workers: int = WEB_WORKERS
    server: EmbeddedServer | None = None
    """The database, where it is none of `undersign up`."""
    clock: Path | None = None
    """The file with what the clock is wrong by, where it can be stepped."""
    other: "Instance | None" = None
    """The second node, where there is one."""
    front: int | None = None
    """The port of the balancer before the nodes, where there is one."""
    _up: psutil.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        return self.environment.get("DATABASE_URL", layout_of(self.data_dir).url)

    @property
    def keys_file(self) -> Path:
        return self.data_dir / "keys.json"

    @property
    def log(self) -> Path:
        return self.data_dir.parent / f"{self.data_dir.name}.log"

    def start(self) -> None:
        """Run `undersign up --demo` until /readyz says that all is there."""
        self.launch()
        wait_until(self._is_ready_or_dead, f"{self.url} is not ready; see {self.log}")

    def launch(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        command = [
            *(sys.executable, "-m", "undersign.config", "up", "--demo"),
            *("--port", str(self.port), "--workers", str(self.workers)),
        ]
        with self.log.open("ab") as log:
            self._up = psutil.Popen(
                command,
                env=self.environ(),
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=ending_with_parent(signal.SIGTERM),
            )

    def stop(self) -> None:
        """Stop everything as an operator does."""
        if self._up is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                self._up.terminate()
            self.wait_for_end()

    def kill(self) -> None:
        """Take the node away: SIGKILL to all that `undersign up` has started, at once."""
        for process in [self.supervisor(), *self.supervisor().children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.wait_for_end()

    def wait_for_end(self) -> None:
        if self._up is not None:
            self._up.wait(PATIENCE)
            self._up = None

    def environ(self) -> Mapping[str, str]:
        ours = {"UNDERSIGN_BASE_URL": self.url, "UNDERSIGN_DATA_DIR": str(self.data_dir)}
        return {**os.environ, **ours, "UNDERSIGN_TRUSTED_PROXIES": "127.0.0.0/8", **self.environment}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command of ours on this instance."""
        command = [sys.executable, "-m", "undersign.config", *arguments]
        environ = {**self.environ(), "DATABASE_URL": self.database_url}
        return subprocess.run(
            command, env=environ, capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    def is_ready(self) -> bool:
        return self.readiness() == 200

    def readiness(self) -> int | None:
        """Give the status of /readyz, or nothing if it says nothing within ten seconds."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()

    def _is_ready_or_dead(self) -> bool:
        assert self._up is not None
        assert self._up.poll() is None, self.log.read_text(errors="replace")[-2000:]
        return self.is_ready()

    # ---- The processes, by what they are.

    def supervisor(self) -> psutil.Process:
        assert self._up is not None
        return psutil.Process(self._up.pid)

    def web_workers(self) -> list[psutil.Process]:
        """List the processes that serve."""
        return [
            child
            for main in self.parts("granian")
            for child in _children(main)
            if "resource_tracker" not in _line(child)
        ]

    def web_begun(self) -> int:
        """Count how often a web process began to serve."""
        return self.log.read_text(errors="replace").count("Started worker-")

    def web_main(self) -> psutil.Process:
        return self.parts("granian")[0]

    def task_worker(self) -> psutil.Process:
        return self.parts("undersign.config worker")[0]

    def postmaster(self) -> psutil.Process:
        if self.server is not None:
            return psutil.Process(self.server.pid)
        return self.parts("postgres")[0]

    def postgres_family(self) -> list[psutil.Process]:
        """List PostgreSQL and all its children."""
        main = self.postmaster()
        return [main, *main.children(recursive=True)]

    def parts(self, name: str) -> list[psutil.Process]:
        return [part for part in _children(self.supervisor()) if name in _line(part)]

    def number(self, query: str) -> int:
        """Ask the database for one number."""
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute(query.encode()).fetchone()
            assert row is not None
            return int(row[0])

    def memory(self) -> int:
        """Resident memory of the largest web process, in MB."""
        sizes = [0]
        for process in self.web_workers():
            with contextlib.suppress(psutil.Error):
                sizes.append(process.memory_info().rss)
        return max(sizes) // 1_000_000

    def unwritten(self) -> int:
        """How much was acknowledged that is yet to become rows: nothing, unless a stream is the intake."""
        return 0

    def forget(self) -> None:
        """Remove everything, the database of root's instance included."""
        shutil.rmtree(layout_of(self.data_dir).home, ignore_errors=True)
        shutil.rmtree(self.data_dir, ignore_errors=True)


def _children(process: psutil.Process) -> list[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        return list(process.children())
    return []


def _line(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


@contextlib.contextmanager
def running(instance: Instance) -> Iterator[Instance]:
    """Start an instance, and stop and remove it at the end."""
    try:
        instance.start()
        yield instance
    finally:
        instance.stop()
        instance.forget()
