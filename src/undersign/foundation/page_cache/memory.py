from collections import OrderedDict
from collections.abc import Iterator

from undersign.foundation.page_cache.entry import Entry


class Memory:
    """Entries by path, bounded in bytes; the least recently used goes first."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._sizes: dict[str, int] = {}
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self.size = 0

    def __iter__(self) -> Iterator[Entry]:
        """Go through the entries, most recently used first, over a copy."""
        return iter(list(reversed(self._entries.values())))

    def get(self, path: str) -> Entry | None:
        """Return the entry of `path` and note its use."""
        entry = self._entries.get(path)
        if entry is not None:
            self._entries.move_to_end(path)
        return entry

    def put(self, entry: Entry) -> None:
        """Keep `entry`, unless it alone is larger than all the room."""
        path, size = entry.page.path, entry.size
        self.discard(path)
        if size > self._max_bytes:
            return
        self._entries[path] = entry
        self._sizes[path] = size
        self.size += size
        while self.size > self._max_bytes:
            self.discard(next(iter(self._entries)))

    def discard(self, path: str) -> None:
        """Forget `path` if it is known."""
        if self._entries.pop(path, None):
            self.size -= self._sizes.pop(path)
