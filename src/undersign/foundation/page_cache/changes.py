from collections import deque

from undersign.foundation.page_cache.pages import Page, Selection


class Changes:
    """Remembers recent invalidations, for pages whose rendering began before and is seen only later.

    Such pages come from a rendering under way or from the disk. When the memory is full the oldest
    change is forgotten and everything rendered before it counts as outdated: safe, and rare.
    """

    def __init__(self, *, max_changes: int = 1000) -> None:
        self._changes: deque[tuple[float, Selection]] = deque(maxlen=max_changes)
        self._forgotten_until = 0.0

    def note(self, selection: Selection, *, at: float) -> None:
        """Remember that the pages of `selection` changed at the instant `at`."""
        if len(self._changes) == self._changes.maxlen:
            self._forgotten_until = self._changes[0][0]
        self._changes.append((at, selection))

    def outdate(self, page: Page) -> bool:
        """Tell whether `page` changed after its rendering began."""
        if page.rendered_at < self._forgotten_until:
            return True
        return any(
            page.rendered_at < at and selection.covers(page.path, page.rendered.tags)
            for at, selection in self._changes
        )
