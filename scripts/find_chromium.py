"""Print the path of a Chromium for the browser tests; --install installs what they need, where possible."""

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
ADVICE_DRIVER = (
    "Playwright, which drives the browser in tests, does not start. Where it misses libatomic.so.1, "
    "on Debian and Ubuntu: sudo apt-get install libatomic1."
)


def main() -> None:
    found = find()
    if "--install" in sys.argv:
        if found is None:
            install("chromium")
            found = find()
        require_driver()
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


def require_driver() -> None:
    """Playwright brings a Node that needs one library which the smallest Debian leaves out."""
    if not driver_starts():
        install("libatomic1")
        if not driver_starts():
            sys.exit(ADVICE_DRIVER)


def driver_starts() -> bool:
    command = [sys.executable, "-m", "playwright", "--version"]
    tried = subprocess.run(command, capture_output=True, check=False)
    return tried.returncode == 0


def install(package: str) -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"Installing {package} with apt-get …", file=sys.stderr)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "install", "-y", package]):
        subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)


if __name__ == "__main__":
    main()
