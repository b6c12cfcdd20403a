"""Check what is in deploy/ with nginx itself and with linters for the others.

nginx reads a copy with a certificate made for the moment; no port is opened. The newest nginx reads it, and
that of the system where there is one, which is older.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml
from compose_spec import PyCompose

from tests.nginx import DEPLOY, nginx_command, nginx_write

PROGRAMS = Path(sys.executable).parent
# The words for HTTP/2 that the nginx of Debian 12 (1.22) knows; newer ones take them and warn.
OF_OLDER_NGINX = 'the "listen ... http2" directive is deprecated'
# systemd 244 and newer take Restart=on-failure there.
RESTARTED_ONESHOT = "Restart can't be set when Type=oneshot"


def main() -> None:
    faults = [*of_nginx(), *of_systemd(), *of_container(), *of_compose()]
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(bool(faults))


def of_nginx() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as prefix:
        nginx_write(Path(prefix), port=8443, upstream="127.0.0.1:8000")
        newest, *arguments = nginx_command(Path(prefix))
        for nginx in filter(None, (newest, shutil.which("nginx"))):
            for line in complaints(nginx, *arguments, "-t", "-q"):
                if OF_OLDER_NGINX not in line:
                    yield line


def of_systemd() -> Iterator[str]:
    """Leave out its advice on security (it misreads UMask, wants Delegate), and what it has not heard of."""
    units = sorted(str(unit) for unit in (DEPLOY / "systemd").glob("*.service"))
    # Told which version to read for, it does not look for an installed one with a program of binutils.
    lint = (str(PROGRAMS / "systemdlint"), "--norootfs", "--sversion", "2.52")
    for line in complaints(*lint, *units):
        if "[Security." not in line and RESTARTED_ONESHOT not in line:
            yield line


def of_container() -> Iterator[str]:
    yield from complaints(str(PROGRAMS / "hadolint"), str(DEPLOY / "container" / "Containerfile"))


def of_compose() -> Iterator[str]:
    path = DEPLOY / "container" / "compose.yaml"
    try:
        PyCompose.from_json(json.dumps(yaml.safe_load(path.read_text()))).validate()
    except ValueError as error:
        yield f"{path}: {error}"


def complaints(*command: str) -> list[str]:
    """Run a program that is silent when all is well."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return said or ([f"{command[0]} ended with {done.returncode}"] if done.returncode else [])


if __name__ == "__main__":
    main()
