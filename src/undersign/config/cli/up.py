"""undersign up: the database, the site and the worker together."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from django.conf import settings

from undersign.config.progress import LINES_VARIABLE
from undersign.config.serving import DRAIN, web_command
from undersign.config.serving_options import host_option, port_option, workers_option
from undersign.config.supervisor.log import MergedLog
from undersign.config.supervisor.part import Part
from undersign.config.supervisor.supervision import PreparationFailed, Supervision
from undersign.foundation.file_lock import FileLock
from undersign.foundation.logs import FORMAT_VARIABLE
from undersign.foundation.metrics import metrics_prepare
from undersign.foundation.postgres import EmbeddedServer
from undersign.foundation.postgres.errors import PostgresUnavailable

PATIENCE = 120  # seconds to wait for a command that uses the embedded server
PATIENCE_FOR_PORT = 5  # seconds


@click.command(name="up")
@host_option
@port_option
@workers_option
@click.option("--demo", is_flag=True, help="Load a demo campaign if there is no organisation yet.")
def command(host: str, port: int, workers: int, demo: bool) -> None:
    """Run everything: PostgreSQL (unless DATABASE_URL is set), the site and the worker.

    Ctrl-C or SIGTERM stops it cleanly; a second one at once. A part that crashes is started again.
    """
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal may lack a letter
    log = MergedLog(sys.stdout)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with only_one_up(settings.DATA_DIR):
            require_free_port(host, port)
            with embedded_server(settings.DATA_DIR, log) as server:
                asyncio.run(run(host=host, port=port, workers=workers, server=server, is_demo=demo, log=log))
    except (PostgresUnavailable, PreparationFailed) as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        pass
    log.write("undersign", "Stopped.")


async def run(
    *, host: str, port: int, workers: int, server: EmbeddedServer | None, is_demo: bool, log: MergedLog
) -> None:
    """Prepare and serve until a signal comes; raises PreparationFailed."""
    address = address_of(host, port)
    environment = {"UNDERSIGN_BASE_URL": os.environ.get("UNDERSIGN_BASE_URL", address)}
    if server is not None:
        environment["DATABASE_URL"] = server.url
    if sys.stdout.isatty():
        environment |= {FORMAT_VARIABLE: "text", LINES_VARIABLE: "yes"}
    metrics_prepare(settings.DATA_DIR / "metrics")
    web = web_command(host=host, port=port, workers=workers)
    supervision = Supervision(
        parts=[Part("web", web, grace=DRAIN + 5), Part("worker", undersign("worker"))],
        server=server,
        environment=environment,
        log=log,
    )
    supervision.listen_for_signals()
    demo = [Part("demo", undersign("demo", "--if-empty"))] if is_demo else []
    await supervision.prepare([Part("prepare", undersign("prepare")), *demo])
    await supervision.serve(ready_url=f"{address}/readyz", announce=lambda: announce(address, log))


def undersign(*arguments: str) -> list[str]:
    """Return the command that runs another of our commands."""
    return [sys.executable, "-m", "undersign.config", *arguments]


def announce(address: str, log: MergedLog) -> None:
    """Say where to look."""
    log.write("undersign", "Undersign is ready. Open")
    for what, path in (("the site", "/"), ("for organisers", "/admin/"), ("the mailbox", "/admin/mailbox/")):
        log.write("undersign", f"  {what:<15} {address}{path}")
    log.write("undersign", "Ctrl-C stops it.")


def address_of(host: str, port: int) -> str:
    """Return the address to open in a browser on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


def require_free_port(host: str, port: int) -> None:
    """Wait for the port a little, as a site whose `up` was killed still finishes its requests there.

    Raises click.ClickException when we cannot listen.
    """
    until = time.monotonic() + PATIENCE_FOR_PORT
    while (reason := why_not_listening(host, port)) and time.monotonic() < until:
        time.sleep(0.2)
    if reason:
        raise click.ClickException(
            f"Cannot listen on {host} port {port}: {reason}. Choose another with --host and --port."
        )


def why_not_listening(host: str, port: int) -> str | None:
    """Say what keeps us from listening there, or None when nothing does."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(found[0], found[1]) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(found[4])
    except OSError as error:
        return error.strerror or str(error)
    return None


@contextmanager
def only_one_up(data_dir: Path) -> Iterator[None]:
    """Hold the data directory for ourselves; raises click.ClickException when that cannot be."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = FileLock(data_dir / "up.lock")
        is_ours = lock.try_acquire()
    except OSError as error:
        raise click.ClickException(
            f"The data directory {data_dir} cannot be used: {error.strerror}."
        ) from error
    if not is_ours:
        raise click.ClickException(f"Undersign is already running in {data_dir}.")
    try:
        yield
    finally:
        lock.release()


@contextmanager
def embedded_server(data_dir: Path, log: MergedLog) -> Iterator[EmbeddedServer | None]:
    """Run the embedded server, or give None where DATABASE_URL names another; raises PostgresUnavailable."""
    if os.environ.get("DATABASE_URL"):
        yield None
        return
    server = EmbeddedServer(data_dir, report=lambda line: log.write("undersign", line))
    server.start(patience=PATIENCE)
    log.write("undersign", "PostgreSQL is running.")
    try:
        yield server
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # it ends within seconds now
        server.stop()
