"""The instance that is measured: as `undersign up` runs it, with the demo campaign, part by part."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.site import Site
from undersign.foundation.postgres import server_running

SLUG = "not-your-training-data"  # of the demo: story, sources, letter, photo, ten kinds of block
WORKERS = 2  # what `undersign up` starts unless told otherwise


@dataclass(frozen=True)
class Stage:
    """A prepared instance; the site is started and stopped by whoever measures."""

    directory: Path
    database_url: str
    site: Site

    @property
    def path(self) -> str:
        """Where the petition is that everybody visits."""
        return f"/p/{SLUG}/"

    def form(self) -> dict[str, str]:
        """Give the fields of the petition's form as the page has them, with a refusal of every consent."""
        html = self.site.get(self.path).text
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
        asks = re.findall(r'name="(consent_[^"]+)" value="no"', html)
        return {**dict(hidden), **dict.fromkeys(asks, "no"), "display": "full"}

    def scratch(self, name: str) -> Path:
        """Name a directory for files of one measurement."""
        return self.directory / "scratch" / name


@contextmanager
def staged(directory: Path) -> Iterator[Stage]:
    """Start the embedded PostgreSQL, with fsync, and prepare the instance in `directory` unless it is."""
    directory.mkdir(parents=True, exist_ok=True)
    with server_running(directory, report=print) as url:
        site = Site(directory, environment_of(directory, url), workers=WORKERS)
        for command in ("prepare",), ("demo", "--if-empty"):
            done = site.run(*command)
            assert done.returncode == 0, done.stderr
        yield Stage(directory, url, site)


def environment_of(directory: Path, database_url: str) -> dict[str, str]:
    """Give every part the environment that `undersign up` gives it."""
    metrics = directory / "metrics"
    metrics.mkdir(exist_ok=True)
    return {
        "DATABASE_URL": database_url,
        "UNDERSIGN_DATA_DIR": str(directory),
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        "UNDERSIGN_NETWORK_PACE": "off",  # all signers come from one network
    }
