"""Static files under names that change with their content, and packed before anybody asks for them."""

import gzip
import os
from collections.abc import Iterable
from pathlib import Path

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

# Fonts and pictures are packed already.
PACKED = frozenset({".css", ".html", ".js", ".json", ".map", ".mjs", ".svg", ".txt", ".xml"})
WORTH_IT = 512  # bytes; below, the answer fits a packet either way


class HashedStaticFiles(ManifestStaticFilesStorage):
    """Scripts too name what they import by its hash, so that nobody runs half of an old version."""

    support_js_module_import_aggregation = True


def static_files_pack(directory: Path) -> None:
    """Write a `.gz` beside every file that gains by it. What is packed already is left alone."""
    for path in _files(directory):
        packed = path.with_name(f"{path.name}.gz")
        if packed.exists() and packed.stat().st_mtime >= path.stat().st_mtime:
            continue
        content = path.read_bytes()
        smaller = gzip.compress(content, compresslevel=9, mtime=0)  # the same bytes on every machine
        if len(smaller) < len(content):
            _write_whole(packed, smaller)
        else:
            packed.unlink(missing_ok=True)


def _files(directory: Path) -> Iterable[Path]:
    for path in sorted(directory.rglob("*")):
        if path.suffix in PACKED and path.is_file() and path.stat().st_size >= WORTH_IT:
            yield path


def _write_whole(path: Path, content: bytes) -> None:
    """Let the file appear whole or not at all: it may be served at this moment."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)
