import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from tests.web.gallery.samples import PAGES
from tests.web.gallery.site import CHROMIUM, FLAGS, served, write

NAMES = list(PAGES)


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery")
    write(folder)
    return folder


@pytest.fixture(scope="module")
def address(gallery: Path) -> Iterator[str]:
    with served(gallery) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_no_accessibility_violation_and_asks_nothing_of_anybody_else(
    browser: Browser, address: str, name: str, scheme: str
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800}, color_scheme=scheme)
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}/{name}.html", wait_until="load")
    violations = [(each["id"], each["nodes"][0]["html"]) for each in Axe().run(page).response["violations"]]
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()
    assert violations == []
    assert complaints == []
    assert overflow == 0
    assert [url for url in asked if not url.startswith((address, "data:"))] == []


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
