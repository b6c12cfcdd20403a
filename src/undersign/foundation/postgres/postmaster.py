"""The server's process: started, waited for, stopped, and cleared away after a crash."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from undersign.foundation.child_process import ending_with_parent
from undersign.foundation.postgres.account import Account
from undersign.foundation.postgres.cluster import ENVIRONMENT
from undersign.foundation.postgres.errors import (
    DirectoryUnusable,
    DiskFull,
    PostgresUnavailable,
    ServerDidNotStart,
)
from undersign.foundation.postgres.layout import PORT, Layout
from undersign.foundation.postgres.programs import Programs

Report = Callable[[str], None]

RECOVERY_LIMIT = 30 * 60  # seconds; replaying 2 GB of log takes minutes on a slow disk
REPORT_EVERY = 5  # seconds
STOP_LIMIT = 60  # seconds for a fast shutdown, which writes a checkpoint
LAST_WORDS = 4_000  # bytes of the log that are read to say why it ended


def launch(layout: Layout, account: Account, programs: Programs) -> subprocess.Popen[bytes]:
    """Start the server as our child. It shuts down by itself if we die."""
    with contextlib.suppress(FileNotFoundError):
        layout.log.replace(layout.log.with_suffix(".log.1"))
    log = os.open(layout.log, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        return subprocess.Popen(
            [programs.path("postgres"), "-D", layout.cluster, "-k", layout.socket_dir, "-p", str(PORT)],
            **account.run_as,
            cwd=layout.home,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for us; we stop it when its clients are gone
            preexec_fn=ending_with_parent(signal.SIGINT),  # noqa: PLW1509 it makes one system call
        )
    finally:
        os.close(log)


def wait_until_ready(process: subprocess.Popen[bytes], layout: Layout, report: Report) -> None:
    """Wait until the server takes connections, telling how a recovery goes.

    Raises what `reason_in` finds when it ends, ServerDidNotStart after half an hour.
    """
    began = next_report = time.monotonic()
    next_report += REPORT_EVERY
    while not accepts_connections(make_conninfo(layout.url, dbname="postgres")):
        waited = time.monotonic() - began
        if process.poll() is not None:
            raise reason_in(layout)
        if waited > RECOVERY_LIMIT:
            raise ServerDidNotStart(
                f"PostgreSQL did not answer within {RECOVERY_LIMIT // 60} minutes; see {layout.log}."
            )
        if time.monotonic() > next_report:
            report(f"PostgreSQL is still recovering what a crash left ({waited:.0f} s so far).")
            next_report += REPORT_EVERY
        time.sleep(0.05)


def accepts_connections(url: str) -> bool:
    """Say whether the server is there, takes connections now and has that database."""
    try:
        psycopg.connect(make_conninfo(url, connect_timeout=5)).close()
    except psycopg.OperationalError:
        return False
    return True


def stop(process: subprocess.Popen[bytes]) -> None:
    """Shut the server down: connections are ended, a checkpoint is written. Harder when that takes long."""
    for with_signal in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(with_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_LIMIT)


def clear_away(cluster: Path, report: Report) -> None:
    """End what a killed owner left behind, and forget a process id that now means something else.

    Call it only as the owner. PostgreSQL ignores the id of a dead process by itself, and checks shared memory
    before it does; but it takes any living process of the same user for a server.
    """
    left = processes_in(cluster)
    pid = recorded_pid(cluster)
    if left:
        report("Stopping a PostgreSQL that was left running.")
        end_all(left, pid)
    if pid is not None and psutil.pid_exists(pid):
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def processes_in(cluster: Path) -> list[psutil.Process]:
    """Return the server processes that work in this directory; PostgreSQL's do so all their lives."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.name().startswith("postgres") and Path(process.cwd()) == cluster:
                found.append(process)
    return found


def end_all(processes: list[psutil.Process], postmaster_pid: int | None) -> None:
    """Shut down through the postmaster; without one its children end by themselves, or are killed."""
    for process in processes:
        if process.pid == postmaster_pid:
            process.send_signal(signal.SIGINT)
    _gone, stubborn = psutil.wait_procs(processes, timeout=STOP_LIMIT)
    for process in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=STOP_LIMIT)


def recorded_pid(cluster: Path) -> int | None:
    """Read the process id that a server wrote down when it started, if it never took it back."""
    try:
        lines = (cluster / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        return int(lines[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def reason_in(layout: Layout) -> PostgresUnavailable:
    """Turn the server's last words into the error to raise."""
    said = layout.log.read_bytes()[-LAST_WORDS:].decode(errors="replace")
    if "No space left on device" in said:
        return DiskFull(f"PostgreSQL cannot start: the disk that holds {layout.home} is full.")
    if "Permission denied" in said or "has wrong ownership" in said:
        return DirectoryUnusable(f"PostgreSQL cannot use its files in {layout.home}:\n{said.strip()}")
    return ServerDidNotStart(f"PostgreSQL ended right after it was started. Its last words:\n{said.strip()}")
