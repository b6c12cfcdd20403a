"""undersign web: the site alone, where the worker and PostgreSQL run elsewhere."""

import os
import sys

import click

from undersign.config.serving import web_command


@click.command(name="web")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on."
)
@click.option(
    "--workers",
    default=2,
    show_default=True,
    type=click.IntRange(1, 64),
    envvar="UNDERSIGN_WEB_WORKERS",
    show_envvar=True,
    help="Processes that serve the site; one for each core is right.",
)
def command(host: str, port: int, workers: int) -> None:
    """Serve the site until told to stop (SIGTERM or Ctrl-C); requests in flight finish.

    For machines that run the parts as services of their own, see docs/scaling.md. Run `undersign prepare`
    before a new version serves; `undersign up` does both and runs the worker too.
    """
    # The web server takes this process's place, so a signal to it reaches the server.
    os.execv(sys.executable, web_command(host=host, port=port, workers=workers))  # noqa: S606 -- no shell
