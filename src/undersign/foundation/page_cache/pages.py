from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rendered:
    """A response as the application made it, before compression; headers in lower case.

    Instants are Unix seconds, durations seconds. `tags` name what the page shows ("petition:…",
    "organisation:…") so that a change can find it. `slots_of` is the tag whose numbers fill its slots.
    At `closes_at` the page must be rendered anew. With `is_cacheable` false it is still the same for
    all who ask at this moment, but is kept nowhere.
    """

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    tags: frozenset[str] = frozenset()
    slots_of: str | None = None
    max_age: int = 60
    closes_at: float | None = None
    is_cacheable: bool = True


@dataclass(frozen=True, slots=True)
class Selection:
    """The pages at `paths`, below `prefix`, and those that carry one of `tags`."""

    paths: frozenset[str] = frozenset()
    prefix: str | None = None
    tags: frozenset[str] = frozenset()

    def covers(self, path: str, tags: frozenset[str]) -> bool:
        """Tell whether the page at `path` with `tags` is meant."""
        if path in self.paths or not self.tags.isdisjoint(tags):
            return True
        return self.prefix is not None and path.startswith(self.prefix)


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """What may be cached and how much. Sizes are bytes, durations seconds."""

    is_public: Callable[[str], bool]
    """Whether a path may be answered from the cache; it is asked only on a miss."""
    max_bytes: int = 64_000_000
    max_missing_bytes: int = 2_000_000
    """For everything that is not a 200, kept apart so that random paths cannot evict pages."""
    max_wait: float = 3.0
    """How long a visitor waits for a page that nobody has rendered yet."""
    render_timeout: float = 10.0
    failure_memory: float = 2.0
    """How long after a failed rendering the next one is not even tried."""
    concurrent_renders: int = 8
    max_flights: int = 256
    """Renderings under way or waiting for their turn; beyond it a miss is answered 503."""


@dataclass(slots=True)
class Counts:
    """How requests were answered since the process started."""

    hits: int = 0
    stale: int = 0
    """From memory past its age, or instead of a rendering that failed."""
    misses: int = 0
    """After waiting for a rendering."""
    unavailable: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A rendered page with its address and the instant at which its rendering began."""

    path: str
    rendered_at: float
    rendered: Rendered = field(repr=False)
