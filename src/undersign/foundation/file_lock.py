"""Locks between processes that vanish with the process that holds them."""

import fcntl
import os
import time
from pathlib import Path
from typing import Self


class FileLock:
    """A lock on a file, held until `release` or until the process ends. Children do not inherit it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def try_acquire(self, *, is_shared: bool = False) -> bool:
        """Take the lock if nobody stands in the way, and say whether we hold it now."""
        return self._lock(fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX, fcntl.LOCK_NB)

    def acquire(self, *, is_shared: bool = False) -> None:
        """Take the lock, waiting as long as it takes."""
        self._lock(fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX)

    def acquire_within(self, seconds: float) -> bool:
        """Take the lock if it comes free in time, and say whether we hold it now."""
        until = time.monotonic() + seconds
        while not self.try_acquire():
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def release(self) -> None:
        """Give the lock back; without one, do nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *error: object) -> None:
        self.release()

    def _lock(self, kind: int, waiting: int = 0) -> bool:
        if self._descriptor is None:
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            self._descriptor = os.open(self.path, flags, 0o600)
        try:
            fcntl.flock(self._descriptor, kind | waiting)
        except BlockingIOError:
            self.release()
            return False
        return True
