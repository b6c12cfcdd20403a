"""Forgetting downloads: after a day their files go, and what a stopped worker left behind goes too."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from undersign.delivery.files import downloads_dir
from undersign.delivery.models import SignatureExport

# A worker that is alive tells of its progress several times a second.
SILENT_FOR = timedelta(minutes=15)
INTERRUPTED = "The worker was stopped while it made this. Ask for it again."


def exports_tidy(*, data_dir: Path, at: datetime) -> int:
    """Expire what is due, fail what was interrupted, delete every file without a download; count those."""
    status = SignatureExport.Status
    SignatureExport.objects.filter(status=status.READY, expires_at__lte=at).update(status=status.EXPIRED)
    SignatureExport.objects.filter(status=status.WORKING, progressed_at__lte=at - SILENT_FOR).update(
        status=status.FAILED, error=INTERRUPTED
    )
    wanted = set(
        SignatureExport.objects.filter(status__in=[status.READY, status.WORKING]).values_list("pk", flat=True)
    )
    return sum(_delete(path) for path in downloads_dir(data_dir).iterdir() if _owner(path) not in wanted)


def _owner(path: Path) -> UUID | None:
    """Tell which download a file or a scratch directory belongs to."""
    try:
        return UUID(path.stem)
    except ValueError:
        return None


def _delete(path: Path) -> int:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    return 1
