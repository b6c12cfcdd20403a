import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.gallery.samples import PAGES

NAMES = list(PAGES)


# Every page is looked at twice: on a phone by day, at a desk by night.
LOOKS = (("light", {"width": 360, "height": 800}), ("dark", {"width": 1440, "height": 900}))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_no_accessibility_violation_and_asks_nothing_of_anybody_else(
    page: Page, address: str, name: str
) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}/{name}.html", wait_until="load")
    for scheme, size in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        assert violations(page) == []
        assert (
            page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        )
    assert complaints == []
    assert [url for url in asked if not url.startswith((address, "data:"))] == []


def violations(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found]


def test_the_summary_of_errors_takes_focus_and_leads_to_the_field(page: Page, address: str) -> None:
    page.goto(f"{address}/petition-errors.html")
    expect(page.locator("#errors")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_be_focused()
    expect(page.locator("#name")).to_have_accessible_description("Please write your name.")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_carries_no_inline_style_or_script(gallery: Path, name: str) -> None:
    html = (gallery / f"{name}.html").read_text()
    assert not re.search(r"\s(style|on[a-z]+)=", html)
    assert "<style" not in html
    assert all("src=" in tag or "ld+json" in tag for tag in re.findall(r"<script[^>]*>", html))


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("petition")])
def test_a_petition_page_marks_where_the_count_and_the_names_go(gallery: Path, name: str) -> None:
    html = (gallery / f"{name}.html").read_text()
    for slot in ("count", "progress", "names"):
        assert html.count(f"<!--slot:{slot}-->") == html.count(f"<!--/slot:{slot}-->") > 0


def test_nothing_is_chosen_for_the_signer(gallery: Path) -> None:
    assert " checked" not in (gallery / "petition.html").read_text()


def test_a_large_number_is_written_as_its_language_writes_it(gallery: Path) -> None:
    assert "1,204,318" in (gallery / "petition-million.html").read_text()
    assert "1.204.318" in (gallery / "petition-german.html").read_text()
