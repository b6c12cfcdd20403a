"""Making a download, in the worker."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from undersign.delivery.files import export_context, export_path
from undersign.delivery.models import SignatureExport
from undersign.delivery.services.writing import TableOrder, signatures_write
from undersign.foundation.keys import KeyRing, KeyUnknown
from undersign.foundation.sealed_files import SealedWriter
from undersign.foundation.sealing import SealBroken, Sealer

KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What making a download needs: the data directory, the keys, a clock."""

    data_dir: Path
    ring: KeyRing
    clock: Callable[[], datetime]


def export_make(*, export_id: UUID, workshop: Workshop) -> None:
    """Write the file of a download that was asked for; what stands in the way is told in its row.

    One that is gone, or that another worker has begun, is left alone.
    """
    begun = SignatureExport.objects.filter(pk=export_id, status=SignatureExport.Status.REQUESTED)
    if not begun.update(status=SignatureExport.Status.WORKING, progressed_at=workshop.clock()):
        return
    export = SignatureExport.objects.select_related("petition").get(pk=export_id)
    try:
        rows = _write(export, workshop)
    except (KeyUnknown, SealBroken, OSError) as problem:
        _settle(export, status=SignatureExport.Status.FAILED, error=_words(problem))
        return
    expires_at = workshop.clock() + KEPT_FOR
    _settle(export, status=SignatureExport.Status.READY, rows=rows, expires_at=expires_at)


def _write(export: SignatureExport, workshop: Workshop) -> int:
    sealer = Sealer(workshop.ring)

    def progress(rows: int) -> None:
        SignatureExport.objects.filter(pk=export.pk).update(rows=rows, progressed_at=workshop.clock())

    path = export_path(workshop.data_dir, export.pk)
    with _file_for(path) as file:
        sink = SealedWriter(file, sealer=sealer, context=export_context(export.pk))
        rows = signatures_write(
            order=TableOrder(export.petition, export.format, export.at),
            sink=sink,  # type: ignore[arg-type]  # a raw stream, of which only `write` is used
            sealer=sealer,
            scratch=path.with_suffix(".scratch"),
            progress=progress,
        )
        sink.finish()
    return rows


@contextmanager
def _file_for(path: Path) -> Iterator[BinaryIO]:
    """Give a new file that only we can read; it gets its name when it is whole, else it is deleted."""
    unfinished = path.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _settle(export: SignatureExport, **fields: object) -> None:
    for name, value in fields.items():
        setattr(export, name, value)
    export.save(update_fields=list(fields))


def _words(problem: Exception) -> str:
    return str(problem)[:300]
