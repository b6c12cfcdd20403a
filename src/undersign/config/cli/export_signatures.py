"""undersign export-signatures: everybody who signed one petition, as a file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click
from django.conf import settings

from undersign.campaigns.models import Petition
from undersign.config.database import database_available, say
from undersign.config.progress import progress_bar
from undersign.delivery.models import Format
from undersign.delivery.services.writing import TableOrder, signatures_write
from undersign.foundation.audit import audit_record
from undersign.foundation.keys import KeysError, load_keys
from undersign.foundation.sealing import SealBroken, Sealer
from undersign.signing.queries.counts import counts_shown


@click.command(name="export-signatures")
@click.argument("slug")
@click.option("--format", "format_", type=click.Choice(Format.values), default="csv", show_default=True)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Where to write; never over a file that is there.",
)
@database_available()
def command(slug: str, format_: str, output: Path) -> None:
    """Write everybody who signed the petition SLUG into a CSV or Excel file.

    Names, addresses and consents in clear: the file is made readable for you alone, and the export is
    recorded in the organisation's history. Withdrawn signatures are left out.
    """
    at = datetime.now(UTC)
    petition = Petition.objects.filter(slug=slug).first()
    if petition is None:
        raise click.ClickException(f"There is no petition “{slug}”.")
    try:
        sealer = Sealer(load_keys(settings.KEYS_FILE))
        rows = _write(TableOrder(petition, format_, at), output, sealer)
    except (KeysError, SealBroken) as error:
        raise click.ClickException(f"{error} Nothing was written.") from error
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}.") from error
    audit_record(
        by=None,
        at=at,
        organisation_id=petition.organisation_id,
        action="signatures.downloaded",
        subject=f"petition:{petition.pk}",
        detail={"format": format_, "rows": rows, "by": "command line"},
    )
    say(f"{rows:,} signatures of “{slug}” are in {output}.")


def _write(order: TableOrder, output: Path, sealer: Sealer) -> int:
    expected = counts_shown([order.petition.pk])[order.petition.pk]
    with _file_for(output) as file, progress_bar("Signatures", total=expected) as progress:
        return signatures_write(
            order=order,
            sink=file,
            sealer=sealer,
            scratch=output.with_name(f"{output.name}.scratch"),
            progress=progress,
        )


@contextmanager
def _file_for(output: Path) -> Iterator[BinaryIO]:
    """Give a new file that only its owner can read; it gets its name when it is whole, else it is deleted."""
    if output.exists():
        raise click.ClickException(f"{output} is there already. Choose another name.")
    unfinished = output.with_name(f"{output.name}.part")
    descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
        unfinished.rename(output)
    finally:
        unfinished.unlink(missing_ok=True)
