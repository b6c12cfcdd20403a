"""`python -m tests.web.gallery FOLDER [NAME…]`: every page on phone and desktop, in light and dark."""

import os
import sys
from pathlib import Path

import django
from playwright.sync_api import Browser, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "undersign.config.settings")
django.setup()

from tests.web.gallery.samples import PAGES  # noqa: E402 - needs the settings
from tests.web.gallery.site import CHROMIUM, FLAGS, served, write  # noqa: E402

SIZES = {"phone": (360, 800), "desktop": (1440, 900)}


def shoot(browser: Browser, address: str, folder: Path, names: list[str]) -> None:
    for size, (width, height) in SIZES.items():
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            for name in names:
                page.goto(f"{address}/{name}.html", wait_until="networkidle")
                page.screenshot(path=folder / f"{name}.{size}.{scheme}.png")
                page.screenshot(path=folder / f"{name}.{size}.{scheme}.full.png", full_page=True)
            page.close()


def main(folder: Path, names: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write(folder)
    with served(folder) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        shoot(browser, address, folder, names or list(PAGES))
        browser.close()


main(Path(sys.argv[1]), sys.argv[2:])
