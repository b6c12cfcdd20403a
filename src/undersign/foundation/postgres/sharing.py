"""One server for several commands at once: who starts it waits for the others before stopping it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from undersign.foundation.file_lock import FileLock
from undersign.foundation.postgres.errors import AlreadyOwned, ServerDidNotStart
from undersign.foundation.postgres.postmaster import RECOVERY_LIMIT, Report, accepts_connections
from undersign.foundation.postgres.server import EmbeddedServer


@contextmanager
def server_running(
    data_dir: Path, *, is_durable: bool = True, report: Report = lambda _line: None
) -> Iterator[str]:
    """Give the address of a running server: one that `undersign up` or another command runs, or our own.

    Raises the errors of this package. Our own stops at the end, after the last command that joined us.
    """
    server = EmbeddedServer(data_dir, is_durable=is_durable, report=report)
    users = FileLock(server.layout.home / "users.lock")
    start_or_join(server, users)
    try:
        yield server.url
    finally:
        users.release()
        if server.pid:
            users.acquire()
        server.stop()
        users.release()


def start_or_join(server: EmbeddedServer, users: FileLock) -> None:
    """Become the owner of a new server or a user of the one that runs, whichever happens first."""
    until = monotonic() + RECOVERY_LIMIT
    while monotonic() < until:
        try:
            server.start()
        except AlreadyOwned:
            users.acquire(is_shared=True)
            if accepts_connections(server.url):
                return
            users.release()  # its owner is starting or stopping it
            sleep(0.1)
        else:
            users.acquire(is_shared=True)
            return
    raise ServerDidNotStart(f"The PostgreSQL in {server.layout.home} has an owner but does not answer.")
