"""A browser of one person, for as long as a test looks at it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from playwright.sync_api import Browser, Error, Page


@contextmanager
def page_opened(browser: Browser, **options: Any) -> Iterator[Page]:
    """Open a page in an empty browser, and close both at the end."""
    context = browser.new_context(**options)
    try:
        yield context.new_page()
    finally:
        for page in context.pages:
            come_to_rest(page)
        context.close()


def come_to_rest(page: Page) -> None:
    """Leave a page that may be on its way to another.

    Chromium may lose a close that meets a navigation, and Playwright would wait for it without end.
    """
    with suppress(Error):  # the navigation that was under way came first, ours comes after it
        page.goto("about:blank")
    page.wait_for_url("about:blank")
