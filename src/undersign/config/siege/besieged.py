"""An instance of its own for the time of a siege: PostgreSQL, the site with its demo, nothing else."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from undersign.config.serving import web_command
from undersign.foundation.child_process import ending_with_parent
from undersign.foundation.postgres import server_running
from undersign.foundation.postgres.layout import layout_of

HOST = "127.0.0.1"
PATIENCE = 90  # seconds to start on a busy machine
WORKERS = 2
MARK = "besieged"  # a file in the data directory of an instance that is made for a siege


class NotLocal(Exception):
    """A siege is for an instance made for it on this machine, at an address of loopback."""


class DidNotStart(Exception):
    """The instance did not come up; the text has the end of its log."""


def loopback_require(url: str) -> None:
    """Let only addresses of loopback pass, written as such: a name may lead anywhere. Raises NotLocal."""
    try:
        is_local = ip_address(urlsplit(url).hostname or "").is_loopback
    except ValueError:
        is_local = False
    if not is_local:
        raise NotLocal(f"{url} is not an address of loopback such as http://{HOST}:8000")


def besieged_require(data_dir: Path) -> None:
    """Let only an instance pass that `besieged` made: a siege is not undone. Raises NotLocal."""
    if not (data_dir / MARK).exists():
        raise NotLocal(f"The instance in {data_dir} was not made for a siege.")


@contextmanager
def besieged() -> Iterator[Mapping[str, str]]:
    """Run an instance in a new directory and give the environment of its parts; both are gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="undersign-siege-"))
    (directory / MARK).touch()
    directory.chmod(0o711)  # the server may run under an account of its own
    try:
        with server_running(directory, is_durable=False) as database_url:
            environment = _environment(directory, database_url)
            for command in ("prepare",), ("demo",):
                _run(environment, *command)
            with _serving(environment, directory):
                yield environment
    finally:
        shutil.rmtree(layout_of(directory).home, ignore_errors=True)
        shutil.rmtree(directory, ignore_errors=True)


def _environment(directory: Path, database_url: str) -> dict[str, str]:
    (directory / "metrics").mkdir()
    return {
        **{name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        "DATABASE_URL": database_url,
        "UNDERSIGN_DATA_DIR": str(directory),
        "UNDERSIGN_KEYS_FILE": str(directory / "keys.json"),
        "UNDERSIGN_BASE_URL": f"http://{HOST}:{_free_port()}",
        "PROMETHEUS_MULTIPROC_DIR": str(directory / "metrics"),
        # The siege is the proxy in front, so that it can come from every network.
        "UNDERSIGN_TRUSTED_PROXIES": HOST,
    }


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind((HOST, 0))
        return int(trial.getsockname()[1])


def _run(environment: Mapping[str, str], *arguments: str) -> None:
    command = [sys.executable, "-m", "undersign.config", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DidNotStart(done.stderr[-2_000:])


@contextmanager
def _serving(environment: Mapping[str, str], directory: Path) -> Iterator[None]:
    url = environment["UNDERSIGN_BASE_URL"]
    port = urlsplit(url).port
    log = directory / "web.log"
    with log.open("ab") as sink:
        command = web_command(host=HOST, port=port or 0, workers=WORKERS)
        process = subprocess.Popen(
            command,
            env=environment,
            stdout=sink,
            stderr=subprocess.STDOUT,
            preexec_fn=ending_with_parent(signal.SIGKILL),  # noqa: PLW1509 -- no threads of ours here
        )
        try:
            _wait_until_ready(url, process, log)
            yield
        finally:
            process.terminate()
            process.wait()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):  # noqa: S310 -- our own, on loopback
                return
        except OSError:
            time.sleep(0.2)
    raise DidNotStart(log.read_text()[-2_000:])
