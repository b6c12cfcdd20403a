"""The instance that is measured: as `undersign up` runs it, with the demo campaign, part by part."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import psycopg

from tests.site import Site
from tests.waiting import until
from undersign.foundation.postgres import server_running

SLUG = "not-your-training-data"  # of the demo: story, sources, letter, photo, ten kinds of block
PATIENCE = 600  # seconds: a slow machine is no fault
WORKERS = 2  # what `undersign up` starts unless told otherwise

BEATS = "SELECT count(*) FROM foundation_heartbeat WHERE loop = 'mail'"


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

    @property
    def poll_path(self) -> str:
        """Where its count is asked for."""
        return f"{self.path}count.json"

    @property
    def keys_file(self) -> Path:
        """The keys of the instance, which sign links."""
        return self.directory / "keys.json"

    def form(self) -> dict[str, str]:
        """Give the fields of the petition's form as the page has them, with a refusal of every consent."""
        html = self.site.get(self.path).text
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
        asks = re.findall(r'name="(consent_[^"]+)" value="no"', html)
        return {**dict(hidden), **dict.fromkeys(asks, "no"), "display": "full"}

    def script_path(self) -> str:
        """Find the first script of the petition's page."""
        found = re.search(r'src="(/static/[^"]+\.js)"', self.site.get(self.path).text)
        assert found
        return found[1]

    def web_processes(self) -> list[psutil.Process]:
        """List the processes that answer requests: what Granian has started, and nothing of Python's own."""
        running = psutil.Process(self.site.pid).children()
        return [process for process in running if "resource_tracker" not in " ".join(process.cmdline())]

    def fill(self, *, signatures: int, supporters: int | None = None) -> None:
        """Add signatures unless there are as many, see fill.py."""
        with psycopg.connect(self.database_url) as connection:
            found = connection.execute("SELECT count(*) FROM signing_signature").fetchone()
        assert found
        if found[0] < signatures:
            people = [] if supporters is None else ["--supporters", str(supporters)]
            print(self.run_module("bench.fill", str(signatures - found[0]), *people), end="", flush=True)

    def forget_attempts(self) -> None:
        """Remove attempts and mails, as time would."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute("TRUNCATE signing_attempt, messaging_outboxmail CASCADE")

    def run_module(self, name: str, *arguments: str) -> str:
        """Run a module in a process with the environment of the instance, and give what it prints."""
        command = [sys.executable, "-m", name, *arguments]
        environment = {**os.environ, **self.site.environment}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout

    @contextmanager
    def worker(self, settings: Mapping[str, str]) -> Iterator[psutil.Process]:
        """Run a worker with more settings than the site has; it has begun to look for mails by then."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute("DELETE FROM foundation_heartbeat")
            site = replace(self.site, environment={**self.site.environment, **settings})
            with site.worker() as pid:
                until(lambda: connection.execute(BEATS).fetchone() != (0,), patience=PATIENCE)
                yield psutil.Process(pid)

    def scratch(self, name: str) -> Path:
        """Name a directory for files of one measurement."""
        return self.directory / "scratch" / name


@contextmanager
def staged(directory: Path) -> Iterator[Stage]:
    """Start the embedded PostgreSQL, with fsync, and prepare the instance in `directory` unless it is."""
    directory.mkdir(parents=True, exist_ok=True)
    with server_running(directory, report=print) as url:
        site = Site(directory, environment_of(directory, url), workers=WORKERS, patience=PATIENCE)
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
        # So that requests can come from as many networks as people do.
        "UNDERSIGN_TRUSTED_PROXIES": "127.0.0.1",
        "UNDERSIGN_MAIL_DOMAIN_LOOK_UPS": "off",
    }
