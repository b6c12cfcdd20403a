"""undersign web: the site alone, where the worker and PostgreSQL run elsewhere."""

import os
import sys

import click

from undersign.config.serving import web_command
from undersign.config.serving_options import host_option, port_option, workers_option


@click.command(name="web")
@host_option
@port_option
@workers_option
def command(host: str, port: int, workers: int) -> None:
    """Serve the site until told to stop (SIGTERM or Ctrl-C); requests in flight finish.

    For machines that run the parts as services of their own, see docs/scaling.md. Run `undersign prepare`
    before a new version serves; `undersign up` does both and runs the worker too.
    """
    # The web server takes this process's place, so a signal to it reaches the server.
    os.execv(sys.executable, web_command(host=host, port=port, workers=workers))  # noqa: S606 -- no shell
