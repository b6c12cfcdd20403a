"""Options of the commands that serve the site."""

import click

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
port_option = click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on."
)
workers_option = click.option(
    "--workers",
    default=2,
    show_default=True,
    type=click.IntRange(1, 64),
    envvar="UNDERSIGN_WEB_WORKERS",
    show_envvar=True,
    help="Processes that serve the site; one for each core is right.",
)
