"""The whole site as visitors reach it: Granian with the real settings, on the database of the test."""  # noqa: A005 -- always imported as tests.site

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from tests.ports import free_port
from undersign.config.serving import web_command
from undersign.foundation.child_process import ending_with_parent
from undersign.foundation.file_lock import FileLock

PATIENCE = 60  # seconds to start or to stop on a busy machine
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """A response as it came over the wire; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Site:
    """One instance on a free port of loopback, with a data directory of its own.

    `environment` is what every process of the instance is started with; change it before `start`. Uploads
    are those of the test's own settings, so that a picture made in the test can be seen. The page cache is
    empty at first and outlives `stop`. `patience` is how many seconds a start or a command may take.
    """

    data_dir: Path
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    workers: int = 1
    patience: float = PATIENCE
    _web: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of the site, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process that was started for serving; those that answer are its children."""
        assert self._web is not None
        return self._web.pid

    @property
    def log(self) -> str:
        """Everything that web and worker have written so far."""
        return "".join(path.read_text() for path in sorted(self.data_dir.glob("*.log")))

    def start(self) -> None:
        """Serve, and return when /readyz says so; raises TimeoutError or AssertionError with the log."""
        self.launch()
        assert self._web is not None
        until = time.monotonic() + self.patience
        while not self._is_ready():
            assert self._web.poll() is None, self.log
            if time.monotonic() > until:
                raise TimeoutError(self.log)
            time.sleep(0.1)

    def launch(self) -> None:
        """Serve, and return at once: for a site that cannot become ready."""
        command = web_command(host="127.0.0.1", port=self.port, workers=self.workers)
        self._web = self._process(command, "web")

    def stop(self) -> None:
        """Stop serving; what was accepted is written first."""
        if self._web is not None:
            end(self._web)
            self._web = None

    @contextmanager
    def worker(self) -> Iterator[int]:
        """Run a worker and give its process id: mails leave, counts are folded."""
        process = self._process([sys.executable, "-m", "undersign.config", "worker"], "worker")
        try:
            yield process.pid
            assert process.poll() is None, self.log
        finally:
            end(process)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `undersign …` to its end and return what it wrote and its status."""
        command = [sys.executable, "-m", "undersign.config", *arguments]
        return subprocess.run(
            command, env=self._environ(), capture_output=True, text=True, timeout=self.patience, check=False
        )

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """GET a path (or a whole address of this site); redirects are not followed."""
        return self.request("GET", path, headers=headers)

    def post(self, path: str, values: Mapping[str, str]) -> Answer:
        """POST a form."""
        return self.request("POST", path, headers={"Content-Type": FORM}, body=urlencode(values).encode())

    def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """Send one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path.removeprefix(self.url), body=body, headers=dict(headers or {}))
            answer = connection.getresponse()
            fields = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, fields, answer.read())
        finally:
            connection.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _process(self, command: list[str], name: str) -> subprocess.Popen[bytes]:
        with (self.data_dir / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command,
                env=self._environ(),
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=ending_with_parent(signal.SIGKILL),  # noqa: PLW1509 -- no threads of ours here
            )

    def _environ(self) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
        return {**inherited, "UNDERSIGN_BASE_URL": self.url, **self.environment}

    def _is_ready(self) -> bool:
        try:
            return self.get("/readyz").status == 200
        except OSError:
            return False


def site_make(*, database_url: str, data_dir: Path, shared: Path) -> Site:
    """Make a site that is not started yet; `shared` is a directory for what all sites of a run have alike."""
    environment = {
        "DATABASE_URL": database_url,
        "UNDERSIGN_KEYS_FILE": str(shared / "keys.json"),
        "UNDERSIGN_MAIL_DOMAIN_LOOK_UPS": "off",  # they would ask name servers out there
        "UNDERSIGN_NETWORK_PACE": "off",  # all visitors of a test come from one network
    }
    collect_static_files(shared / "collected", environment)
    (data_dir / "static").symlink_to(shared / "collected" / "static")
    (shared / "media").mkdir(exist_ok=True)
    (data_dir / "media").symlink_to(shared / "media")
    return Site(data_dir, {**environment, "UNDERSIGN_DATA_DIR": str(data_dir)})


def collect_static_files(directory: Path, environment: Mapping[str, str]) -> None:
    """Run `undersign prepare` once for all workers of a run."""
    directory.mkdir(exist_ok=True)
    with FileLock(directory / "lock"):
        if (directory / "done").exists():
            return
        settings = {**environment, "UNDERSIGN_DATA_DIR": str(directory)}
        done = Site(directory, settings).run("prepare")
        assert done.returncode == 0, done.stderr
        (directory / "done").touch()


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, and insist after a while."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
