"""How the site is served: Granian's command line, for `undersign up` and for tests in a browser."""

import sys

DRAIN = 20  # seconds that requests may take to finish when the server stops


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
        *("--respawn-failed-workers", "--respawn-interval", "1", "--workers-kill-timeout", str(DRAIN)),
    ]
