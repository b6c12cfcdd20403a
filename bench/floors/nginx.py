"""nginx with the pages of the site as files, and the process that runs it."""

import gzip
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.ports import wait_until_listening
from bench.programs import program
from tests.ports import free_port
from tests.site import Answer, end
from undersign.foundation.child_process import ending_with_parent

CONFIGURATION = Path(__file__).parent / "nginx.conf"
# nginx writes these itself.
OWN = frozenset(
    {
        *("connection", "content-encoding", "content-length", "content-type", "date", "etag"),
        *("last-modified", "server", "vary"),
    }
)


@contextmanager
def nginx_serving(pages: Mapping[str, Answer], directory: Path) -> Iterator[str]:
    """Serve pages, as the site answered them, from files packed as the site packs; give the address."""
    for path, answer in pages.items():
        file = directory / "files" / path.strip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(answer.body)
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(answer.body, compresslevel=6, mtime=0))
    locations = "\n".join(_location(path, answer) for path, answer in pages.items())
    with nginx_running(CONFIGURATION, directory, {"locations": locations}, port=free_port()) as url:
        yield url


def _location(path: str, answer: Answer) -> str:
    kept = {name: value for name, value in answer.headers.items() if name not in OWN}
    lines = "".join(f'            add_header {name} "{value}";\n' for name, value in kept.items())
    kind = answer.headers["content-type"].partition(";")[0]
    return f"        location = {path} {{\n            default_type {kind};\n{lines}        }}"


@contextmanager
def nginx_running(
    configuration: Path, directory: Path, values: Mapping[str, str], *, port: int
) -> Iterator[str]:
    """Run nginx in the foreground with a configuration whose @names@ are filled in; give its address."""
    directory.mkdir(parents=True, exist_ok=True)
    text = configuration.read_text()
    # nginx gives up being root, and then may not look into a directory that is root's alone.
    user = "user root;\n" if os.geteuid() == 0 else ""
    for name, value in {"directory": str(directory), "port": str(port), "user": user, **values}.items():
        text = text.replace(f"@{name}@", value)
    filled = directory / "nginx.conf"
    filled.write_text(text)
    process = subprocess.Popen(
        [program("nginx"), "-p", str(directory), "-c", str(filled)],
        preexec_fn=ending_with_parent(signal.SIGTERM),  # noqa: PLW1509 -- no threads of ours here
    )
    try:
        wait_until_listening(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        end(process)


def nginx_version() -> str:
    """Tell the version of nginx."""
    done = subprocess.run([program("nginx"), "-v"], capture_output=True, text=True, check=True)
    return done.stderr.partition("/")[2].strip()
