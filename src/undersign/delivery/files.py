"""Where the files of downloads lie: sealed, each under the id of its row, in a directory closed to others."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from undersign.foundation.sealed_files import sealed_file_open
from undersign.foundation.sealing import Sealer, seal_context


def downloads_dir(data_dir: Path) -> Path:
    """Give the directory, made if it is not there."""
    directory = data_dir / "downloads"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory


def export_path(data_dir: Path, export_id: UUID) -> Path:
    """Give the place of one download's file."""
    return downloads_dir(data_dir) / f"{export_id}.sealed"


def export_context(export_id: UUID) -> bytes:
    """Name what is sealed in a download's file."""
    return seal_context("signature_export", export_id)


def export_open(data_dir: Path, export_id: UUID, *, sealer: Sealer) -> Iterator[bytes]:
    """Give the table of a download piece by piece. Raises FileNotFoundError, KeyUnknown, SealBroken."""
    context = export_context(export_id)
    return sealed_file_open(export_path(data_dir, export_id), sealer=sealer, context=context)
