"""Writes the gallery as files and serves them under the content policy of the real site."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import segno
from django.conf import settings
from django.test import override_settings

from tests.web.gallery.samples import ACCENTS, PAGES
from undersign.web import themes
from undersign.web.presentation.rendering import render
from undersign.web.themes import theme_sheet

HERE = Path(__file__).parent
STATIC = Path(themes.__file__).parent / "static"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; worker-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'"
)
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
STORAGES = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


def write(folder: Path) -> None:
    """Render every sample page into `folder`, with the themes, pictures and QR code they point at."""
    for part in ("theme", "p/faces"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    with override_settings(STORAGES=STORAGES):
        for name, page in PAGES.items():
            (folder / f"{name}.html").write_text(render(page), encoding="utf-8")
        for name, accent in ACCENTS.items():
            (folder / "theme" / f"{name}.css").write_text(theme_sheet(accent), encoding="utf-8")
    segno.make("https://opensquare.example/p/faces/").save(folder / "p/faces/qr.svg", scale=8, border=2)
    for name, target in (("static", STATIC), ("media", HERE / "pictures")):
        link = folder / name
        if not link.is_symlink():
            link.symlink_to(target)


class Handler(SimpleHTTPRequestHandler):
    """Files with the site's content policy."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Stay quiet."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve `folder` on a free port of loopback and yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
