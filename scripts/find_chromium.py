"""Print the path of a Chromium for the browser tests; with --install, install one where that is possible."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
INSTALLED_APPLICATION = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
ADVICE = (
    "The browser tests need Chromium or Google Chrome, and none was found. On Debian and Ubuntu: "
    "sudo apt-get install chromium. Elsewhere: .venv/bin/playwright install chromium. "
    "Or set CHROMIUM to the path of one."
)


def main() -> None:
    found = find()
    if found is None and "--install" in sys.argv:
        install()
        found = find()
    if found is None:
        sys.exit(ADVICE)
    print(found)


def find() -> str | None:
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return shutil.which(chosen) or sys.exit(f"CHROMIUM is {chosen}, which is not a program.")
    candidates = [shutil.which(name) for name in NAMES]
    candidates += [str(path) for path in (INSTALLED_APPLICATION, *from_playwright()) if path.exists()]
    return next((path for path in candidates if path), None)


def from_playwright() -> list[Path]:
    """Browsers that `playwright install chromium` has put into this user's cache, newest first."""
    linux, mac = Path.home() / ".cache" / "ms-playwright", Path.home() / "Library/Caches/ms-playwright"
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or (mac if sys.platform == "darwin" else linux))
    found = [
        *cache.glob("chromium-*/chrome-linux*/chrome"),
        *cache.glob("chromium-*/chrome-mac*/*/Contents/MacOS/*"),
    ]
    return sorted(found, reverse=True)


def install() -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("Installing chromium with apt-get …", file=sys.stderr)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "install", "-y", "chromium"]):
        subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)


if __name__ == "__main__":
    main()
