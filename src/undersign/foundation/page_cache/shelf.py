import asyncio
import contextlib
import os
import secrets
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import structlog

from undersign.foundation.page_cache.files import Damaged, file_name, from_bytes, to_bytes
from undersign.foundation.page_cache.pages import Page, Selection

_log = structlog.get_logger(__name__)
_MAX_PENDING = 64


class Shelf:
    """Pages on disk, so that a process which just started serves them while the database is away.

    Several processes share one directory: a file appears whole, by renaming, or not at all. All disk
    work is done in the order it was asked for, by one thread of its own.
    """

    def __init__(self, directory: Path, *, max_bytes: int = 256_000_000) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory = directory
        self._max_bytes = max_bytes
        self._written_since_sweep = max_bytes  # sweep at the first write
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="shelf")
        self._pending: set[Future[None]] = set()

    async def load(self, path: str) -> Page | None:
        """Return the page kept for `path`; a damaged file counts as none."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._read_page, path)

    def save(self, page: Page) -> None:
        """Keep `page`, soon. When the disk cannot follow, the page is not kept: it is only a copy."""
        if len(self._pending) < _MAX_PENDING:
            saving = self._thread.submit(self._write, page)
            self._pending.add(saving)
            saving.add_done_callback(self._pending.discard)

    def discard(self, path: str) -> None:
        """Delete the page kept for `path`, soon."""
        self._thread.submit(self._delete, Selection(paths=frozenset({path})))

    async def drop(self, selection: Selection) -> None:
        """Delete all selected pages, those in no process's memory too."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._delete, selection)

    async def close(self) -> None:
        """Finish what was asked for."""
        await asyncio.to_thread(self._thread.shutdown)

    def _read_page(self, path: str) -> Page | None:
        page = _read(self._directory / file_name(path))
        return page if page and page.path == path else None

    def _write(self, page: Page) -> None:
        data = to_bytes(page)
        target = self._directory / file_name(page.path)
        draft = target.with_suffix(f".{secrets.token_hex(4)}.draft")
        try:
            draft.touch(mode=0o600)
            draft.write_bytes(data)
            draft.replace(target)
        except OSError as error:
            _log.warning("page_not_kept", reason=error.strerror)
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
        self._sweep_after(len(data))

    def _delete(self, selection: Selection) -> None:
        for path in selection.paths:
            (self._directory / file_name(path)).unlink(missing_ok=True)
        if selection.tags or selection.prefix is not None:
            for file in self._directory.glob("*.page"):
                page = _read(file)
                if page is None or selection.covers(page.path, page.rendered.tags):
                    file.unlink(missing_ok=True)

    def _sweep_after(self, written: int) -> None:
        """Now and then delete the oldest files beyond the bound."""
        self._written_since_sweep += written
        if self._written_since_sweep * 10 < self._max_bytes:
            return
        self._written_since_sweep = 0
        room = self._max_bytes
        for file, stat in sorted(self._files(), key=lambda pair: -pair[1].st_mtime):
            room -= stat.st_size
            if room < 0:
                file.unlink(missing_ok=True)

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        for file in self._directory.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another process was faster
                yield file, file.stat()


def _read(file: Path) -> Page | None:
    try:
        return from_bytes(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, Damaged, KeyError, ValueError) as error:
        _log.warning("kept_page_unreadable", reason=type(error).__name__)
        return None
