"""How the site is served: Granian's command line, for `undersign up` and for tests in a browser."""

import sys
from pathlib import Path

DRAIN = 20  # seconds that requests may take to finish when the server stops


def web_command(*, host: str, port: int, workers: int, data_dir: Path) -> list[str]:
    """Return the command that serves the site. Uploads and static files never reach Python."""
    static, media = data_dir / "static", data_dir / "media"
    for mount in (static, media):
        mount.mkdir(parents=True, exist_ok=True)
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
        *("--static-path-route", "/static", "--static-path-mount", str(static)),
        *("--static-path-route", "/media", "--static-path-mount", str(media)),
    ]
