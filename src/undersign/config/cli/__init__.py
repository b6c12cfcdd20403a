"""The program `undersign`. Each module of this package is a command: its attribute `command`.

A module is loaded when its command is asked for, after Django, so it may import models at its top.
"""

import os
import pkgutil
from importlib import import_module

import click
import django

from undersign.foundation.logs import configure_logs

# These start Django in processes of their own and stay small themselves.
WITHOUT_DJANGO = {"up", "web"}


class CommandPackage(click.Group):
    """The commands found in this package: `create-organiser` is `create_organiser.py`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command."""
        return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command, with Django when it needs it."""
        if cmd_name not in self.list_commands(ctx):
            return None
        if cmd_name not in WITHOUT_DJANGO:
            django.setup()
            configure_logs(level="WARNING")  # what a command has to say, it prints
        module = import_module(f"{__name__}.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command


@click.command(cls=CommandPackage, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="undersign", message="Undersign %(version)s")
def main() -> None:
    """Undersign: petitions that keep working, prove their count and forget people when they ask.

    Settings come from the environment; docs/settings.md lists them. Start with `undersign up --demo`.
    """


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "undersign.config.settings")
