"""Public pages from memory, the same bytes for everybody: see docs/mechanisms/page-cache.md."""

from undersign.foundation.page_cache.asgi import PageCache
from undersign.foundation.page_cache.cache import NotRendered
from undersign.foundation.page_cache.pages import CachePolicy, Counts, Rendered, Selection
from undersign.foundation.page_cache.shelf import Shelf

__all__ = ["CachePolicy", "Counts", "NotRendered", "PageCache", "Rendered", "Selection", "Shelf"]
