"""How the site is served: Granian's command line, for `undersign up` and for tests in a browser."""

import contextlib
import os
import resource
import sys

DRAIN = 20  # seconds that requests may take to finish when the server stops
BEGIN = 30  # seconds in which a new process begins to serve, before the one it replaces is stopped
# Seconds for the head of a request, the wait for it included: also how long a connection may be idle. Shorter
# than DRAIN, because Granian waits for heads when it stops.
HEAD = 15
# Granian counts connections, idle ones too: by default a few hundred readers would keep everybody else out.
CONNECTIONS = 16_384
WAITING = 4096  # connections that may wait to be accepted; the kernel's net.core.somaxconn bounds it too


def web_command(*, host: str, port: int, workers: int) -> list[str]:
    """Return the command that serves the site."""
    return [
        *(
            sys.executable,
            "-m",
            "granian",
            "undersign.config.asgi:application",
            "--interface",
            "asgi",
            "--no-ws",
        ),
        *("--host", host, "--port", str(port), "--workers", str(workers)),
        # With HTTP/2 a connection that never says anything would never be closed; proxies speak HTTP/1 to us.
        *("--http", "1", "--http1-header-read-timeout", str(HEAD * 1000)),
        *("--backlog", str(WAITING), "--backpressure", str(CONNECTIONS)),
        *("--respawn-failed-workers", "--respawn-interval", str(BEGIN)),
        *("--workers-kill-timeout", str(DRAIN)),
    ]


def files_unbound() -> None:
    """Let this process open as many files as the system allows it: each connection is one.

    Most systems allow far more than they give by default, which is about a thousand.
    """
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def turns_long() -> None:
    """Let the threads of this process, those to come included, have longer turns where the system can.

    Granian reads and writes sockets in a thread of its own. By default it interrupts Python's thread for each
    request that comes in; like this it takes many at a time (docs/decisions/0130).
    """
    if sys.platform == "linux" and os.sched_getscheduler(0) == os.SCHED_OTHER:  # or somebody chose another
        with contextlib.suppress(OSError):  # a sandbox may forbid it; it is only slower then
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
