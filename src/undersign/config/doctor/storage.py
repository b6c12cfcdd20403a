"""The disk of the data directory."""

import shutil
from collections.abc import Iterator

from undersign.config.doctor.findings import Examination, Finding, fail, ok, warn

GIB = 2**30


def disk(examination: Examination) -> Iterator[Finding]:
    """See whether room is left for the cache, uploads, downloads, and the embedded database."""
    if not examination.data_dir.is_dir():
        yield fail("disk", f"the data directory {examination.data_dir} is not there.")
        return
    usage = shutil.disk_usage(examination.data_dir)
    said = f"{usage.free / GIB:.1f} GiB free in {examination.data_dir}"
    if usage.free < 0.5 * GIB:
        yield fail("disk", f"{said}: make room.")
    elif usage.free < 2 * GIB:
        yield warn("disk", f"{said}: make room soon.")
    else:
        yield ok("disk", said)
