import math
from typing import Final

from undersign.foundation.page_cache.pages import Page
from undersign.foundation.page_cache.slots import Segments
from undersign.foundation.page_cache.variants import (
    Content,
    Headers,
    Variant,
    cache_control,
    contents_of,
    http_date,
    variant_of,
)

_OVERHEAD: Final = 4000
"""Bytes an entry takes beside its bodies: messages, headers, segments. Measured, rounded up."""
_OURS: Final = frozenset(
    {
        b"cache-control",
        b"connection",
        b"content-encoding",
        b"content-length",
        b"date",
        b"etag",
        b"last-modified",
        b"server",
        b"set-cookie",
        b"transfer-encoding",
        b"vary",
    }
)
"""Headers that the cache sets itself or that have no place on a page which is the same for everybody."""


class Entry:
    """A page in memory, ready to be sent until `good_until`; after that `refresh` decides anew."""

    __slots__ = (
        "_affirmed_at",
        "_built_at",
        "_contents",
        "_headers",
        "_hold_until",
        "_is_dirty",
        "_modified_at",
        "_segments",
        "_spliced",
        "good_until",
        "gzipped",
        "is_invalid",
        "is_stale",
        "page",
        "plain",
    )

    plain: Variant
    gzipped: Variant

    def __init__(self, page: Page, *, now: float, previous: "Entry | None" = None) -> None:
        self.page = page
        self.good_until = 0.0
        self.is_invalid = False
        self.is_stale = False
        self._hold_until = 0.0
        self._affirmed_at = 0.0
        self._headers = [pair for pair in page.rendered.headers if pair[0] not in _OURS]
        self._segments = Segments(page.rendered.body)
        self._spliced: dict[str, tuple[bytes, float]] = {}
        self._modified_at = page.rendered_at
        self._is_dirty = False
        if previous:
            self._inherit_slots(previous)
        self._pack(now)
        if previous and previous.etag == self.etag:
            self._modified_at = previous._modified_at  # noqa: SLF001  of the same class
        self.refresh(now)

    @property
    def etag(self) -> bytes:
        """The validator of the uncompressed body."""
        return self._contents[0].etag

    @property
    def size(self) -> int:
        """Bytes this entry takes in memory."""
        bodies = {id(content.body): len(content.body) for content in self._contents}
        return sum(bodies.values()) + len(self.page.rendered.body) + len(self.page.path) + _OVERHEAD

    @property
    def fresh_until(self) -> float:
        """The instant from which the page should be rendered anew."""
        return 0.0 if self.is_invalid else self._until(self.page.rendered.max_age)

    @property
    def servable_until(self) -> float:
        """The instant from which nobody gets the page before a new rendering was tried."""
        return self._until(3 * self.page.rendered.max_age)

    @property
    def filled_at(self) -> float:
        """The instant as of which the slots are filled: that of the last splice, or of the rendering."""
        return max([self.page.rendered_at, *(at for _content, at in self._spliced.values())])

    def splice(self, contents: dict[str, bytes], *, now: float) -> None:
        """Fill slots; the change shows at the next `refresh`, at most once a second."""
        for name, content in contents.items():
            self._spliced[name] = (content, now)
            self._is_dirty |= self._segments.fill(name, content)
        if self._is_dirty:
            self.good_until = min(self.good_until, self._built_at + 1)

    def affirm(self, now: float) -> None:
        """Take the page for rendered at this instant: it would come out the same."""
        self._affirmed_at = now
        self.refresh(now)

    def hold(self, until: float) -> None:
        """Go on sending the page, stale as it is, until `until`: a rendering is under way or failed."""
        self._hold_until = until

    def refresh(self, now: float) -> None:
        """Bring bytes and headers up to date and say how long they are good."""
        if self._is_dirty and now >= self._built_at + 1:
            self._modified_at = now
            self._pack(now)
        self.is_stale = now >= self.fresh_until
        max_age = self._max_age_at(now)
        self._write_messages(cache_control(max_age))
        self.good_until = max(self.fresh_until, self._hold_until)
        if self._is_dirty:
            self.good_until = min(self.good_until, self._built_at + 1)
        if max_age < self.page.rendered.max_age and not self.is_stale:
            self.good_until = min(self.good_until, now + 1)  # closing is near: count down

    def _until(self, seconds: float) -> float:
        end = max(self.page.rendered_at, self._affirmed_at) + seconds
        closes_at = self.page.rendered.closes_at
        if closes_at is None or closes_at <= self.page.rendered_at:
            return end
        return min(end, closes_at)

    def _max_age_at(self, now: float) -> int:
        """Return the age to promise: a third of what remains, so that even the stale time ends in time."""
        if self.is_stale:
            return 1 if self.servable_until > now + 3 else 0
        closes_at = self.page.rendered.closes_at
        if closes_at is None or closes_at <= self.page.rendered_at:
            return self.page.rendered.max_age
        return min(self.page.rendered.max_age, math.floor((closes_at - now) / 3))

    def _inherit_slots(self, previous: "Entry") -> None:
        """Keep what was spliced while this page was being rendered: the rendering did not see it."""
        for name, (content, at) in previous._spliced.items():  # noqa: SLF001  of the same class
            if at >= self.page.rendered_at:
                self._spliced[name] = (content, at)
                self._segments.fill(name, content)

    def _pack(self, now: float) -> None:
        content_type = dict(self._headers).get(b"content-type", b"")
        self._contents: tuple[Content, Content] = contents_of(self._segments.join(), content_type)
        self._built_at = now
        self._is_dirty = False

    def _write_messages(self, control: bytes) -> None:
        headers: Headers = [*self._headers, (b"vary", b"accept-encoding")]
        if self.page.rendered.is_cacheable:
            headers += [(b"last-modified", http_date(self._modified_at)), (b"cache-control", control)]
        else:
            headers.append((b"cache-control", b"no-store"))
        plain, packed = self._contents
        status = self.page.rendered.status
        self.plain = variant_of(plain, status, headers)
        self.gzipped = self.plain if packed is plain else variant_of(packed, status, headers)
