"""A visitor's browser that takes note of everything a page should not do, and of what it weighs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request

from tests.browsers import page_opened
from tests.site import Site

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 800}

# Chromium writes every answer above 399 to the console, also the 422 of a form that comes back.
EXPECTED_IN_CONSOLE = "Failed to load resource: the server responded with a status of"

WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(entry.value);
}).observe({ type: "layout-shift", buffered: true });
"""

# Where the focus is, whether it can be seen and whether anything covers it (WCAG 2.4.7 and 2.4.11).
FOCUS = """() => {
  const focused = document.activeElement;
  const shown = focused.closest("label") ?? focused;
  const box = shown.getBoundingClientRect();
  const isDrawn = [focused, shown, focused.nextElementSibling].filter(Boolean).some((element) => {
    const style = getComputedStyle(element);
    const isOutlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return isOutlined || style.boxShadow !== "none";
  });
  const x = box.x + Math.min(box.width / 2, 30), y = box.y + Math.min(box.height / 2, 30);
  const top = document.elementFromPoint(x, y);
  return {
    what: focused.id || focused.name || focused.textContent.trim().slice(0, 40) || focused.tagName,
    isLost: focused === document.body || focused === document.documentElement,
    isDrawn,
    isUncovered: top !== null && (shown.contains(top) || top.contains(shown)),
    cover: `${top?.tagName}.${top?.className} at ${Math.round(x)},${Math.round(y)}`,
  };
}"""


@dataclass
class Weight:
    """What came over the wire: requests that were answered, and bytes with headers, by address."""

    transfers: dict[str, int] = field(default_factory=dict)
    _addresses: dict[str, str] = field(default_factory=dict)

    def watch(self, page: Page) -> None:
        network = page.context.new_cdp_session(page)
        network.on("Network.responseReceived", self._answered)
        network.on("Network.loadingFinished", self._finished)
        network.send("Network.enable")

    def without_pictures(self) -> dict[str, int]:
        return {address: size for address, size in self.transfers.items() if "/media/" not in address}

    def __str__(self) -> str:
        lines = [f"{size:>9,}  {address}" for address, size in self.transfers.items()]
        total = sum(self.without_pictures().values())
        return "\n".join([*lines, f"{len(lines)} requests, {total:,} bytes without pictures"])

    def _answered(self, event: dict[str, Any]) -> None:
        if event["response"]["url"].startswith("http"):
            self._addresses[event["requestId"]] = event["response"]["url"]

    def _finished(self, event: dict[str, Any]) -> None:
        address = self._addresses.get(event["requestId"])
        if address is not None:
            self.transfers[address] = int(event["encodedDataLength"])


@dataclass
class Visit:
    """One browser of one person, with a page open. `faults` is what it did that no page of ours may do."""

    context: BrowserContext
    page: Page
    site: Site
    faults: list[str] = field(default_factory=list)
    weight: Weight = field(default_factory=Weight)

    def open(self, path: str) -> None:
        """Go to a path of the site, or to a whole address of it."""
        self.page.goto(self.site.url + path.removeprefix(self.site.url))

    def note_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https"} and address.netloc != urlsplit(self.site.url).netloc:
            self.faults.append(f"asked {address.netloc}")

    def note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(EXPECTED_IN_CONSOLE):
            self.faults.append(f"console: {message.text}")

    def note_error(self, error: Error) -> None:
        self.faults.append(f"uncaught: {error}")

    def stays_put(self) -> None:
        """Hold the page that is open to its layout: nothing moved that its reader did not move."""
        self.page.wait_for_load_state("networkidle")
        shift = self.page.evaluate(
            "document.fonts.ready.then(() => window.shifts.reduce((a, b) => a + b, 0))"
        )
        assert shift < 0.01, f"{self.page.url} moved by {shift}"

    def sees_the_focus(self) -> None:
        """Hold the focus to being somewhere, drawn and uncovered, once scrolling has settled."""
        for _ in range(200):
            focus = self.page.evaluate(FOCUS)
            faults = [name for name in ("isDrawn", "isUncovered") if not focus[name]]
            if not focus["isLost"] and not faults:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"focus on {focus['what']} at {self.page.url}: not {faults}, {focus['cover']}")

    def tab_to(self, selector: str, *, within: int = 60) -> None:
        """Press Tab until the focus is there; at each stop it must be somewhere, seen and uncovered."""
        for _ in range(within):
            self.page.keyboard.press("Tab")
            self.sees_the_focus()
            if self.page.locator(selector).first.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"{selector} cannot be reached by Tab")


@contextmanager
def visiting(browser: Browser, site: Site, **options: Any) -> Iterator[Visit]:
    """Give a visit with an empty browser; at its end nothing may have gone wrong and no cookie be set."""
    with page_opened(browser, **options) as page:
        page.context.add_init_script(WATCH_SHIFTS)
        visit = Visit(page.context, page, site)
        page.context.on("request", visit.note_request)
        page.on("console", visit.note_console)
        page.on("pageerror", visit.note_error)
        yield visit
        assert visit.faults == []
        assert page.context.cookies() == []
