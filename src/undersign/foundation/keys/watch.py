"""Noticing that the keys file was replaced, so that long-lived processes work with the keys it has now."""

from pathlib import Path

from undersign.foundation.keys.errors import KeysError
from undersign.foundation.keys.file import load_keys

LOOK_EVERY = 1.0  # seconds; a rotation waits several times as long before it uses a new key


class KeysWatch:
    """The ring of a keys file; `look` reads it anew when the file is another one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = _stamp(path)
        self.ring = load_keys(path)

    def look(self) -> bool:
        """Say whether the ring has changed; a file that cannot be read now leaves it as it was."""
        stamp = _stamp(self._path)
        if stamp == self._seen or stamp is None:
            return False
        try:
            self.ring = load_keys(self._path)
        except KeysError:
            return False
        self._seen = stamp
        return True


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """Tell one file from another: each edit is a new file that takes the old one's name."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
