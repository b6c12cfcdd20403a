"""undersign import-petition: petitions from files."""

from datetime import UTC, datetime
from pathlib import Path

import click

from undersign.config.database import database_available
from undersign.config.progress import progress_bar
from undersign.web.exchange.errors import PetitionFileInvalid
from undersign.web.exchange.importing import STEPS, petitions_import


@click.command(name="import-petition")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option(
    "--publish", is_flag=True, help="Publish at once. Without it, pages wait in the editor as drafts."
)
@click.option(
    "--organisation", default="", metavar="SLUG", help="Instead of the organisation the files name."
)
@database_available()
def command(files: tuple[Path, ...], *, publish: bool, organisation: str) -> None:
    """Create or update petitions from Markdown files, with the pictures beside them.

    All files are taken in, or none: every problem is listed first. docs/petition-files.md describes them.
    """
    try:
        with progress_bar("Petitions (steps)", total=len(files) * STEPS) as progress:
            imported = petitions_import(
                paths=files,
                organisation=organisation,
                is_published=publish,
                at=datetime.now(UTC),
                progress=progress,
            )
    except PetitionFileInvalid as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        message = f"Nothing was written. Mend the {len(error.problems)} above and try again."
        raise click.ClickException(message) from error
    for each in imported:
        standing = "published" if each.page.live else "saved as a draft"
        click.echo(
            f"{each.path}: {standing if each.is_changed or publish else 'no change'}: {each.page.full_url}"
        )
