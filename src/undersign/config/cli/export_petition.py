"""undersign export-petition: a petition as files."""

from pathlib import Path

import click

from undersign.config.database import database_available
from undersign.web.exchange.exporting import petition_export


@click.command(name="export-petition")
@click.argument("slug")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@database_available()
def command(slug: str, folder: Path) -> None:
    """Write the petition SLUG into FOLDER: a Markdown file for each language, and the pictures.

    `undersign import-petition` reads the same files. Files of the same name are replaced. Signatures are
    people's data and stay here.
    """
    written = petition_export(slug=slug, folder=folder)
    if not written:
        message = f"There is no petition with the address “{slug}”."
        raise click.ClickException(message)
    for path in written:
        click.echo(str(path))
