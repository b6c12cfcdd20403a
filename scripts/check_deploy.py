"""Check what is in deploy/ with nginx itself, HAProxy where there is one, and linters for the others.

nginx reads a copy with a certificate made for the moment; no port is opened. The newest nginx reads it, and
that of the system where there is one, which is older.
"""

import json
import os
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
    checks = (of_nginx, of_haproxy, of_patroni, of_systemd, of_container, of_compose)
    faults = [fault for check in checks for fault in check()]
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(bool(faults))


def of_nginx() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as prefix:
        nginx_write(Path(prefix), port=8443, upstreams=["127.0.0.1:8000"])
        yield from read_by_nginx(Path(prefix))
        text = (DEPLOY / "container" / "nginx.conf").read_text()
        for shipped, here in {
            "/srv/undersign/deploy/nginx/": f"{prefix}/",
            "server web:8000;": "server 127.0.0.1:8000;",  # a name that only containers know
            "listen 80;": f"listen unix:{prefix}/plain.sock;",
        }.items():
            text = text.replace(shipped, here)
        (Path(prefix) / "undersign.conf").write_text(text)
        yield from read_by_nginx(Path(prefix))


def read_by_nginx(prefix: Path) -> Iterator[str]:
    newest, *arguments = nginx_command(prefix)
    for nginx in filter(None, (newest, shutil.which("nginx"))):
        for line in complaints(nginx, *arguments, "-t", "-q"):
            if OF_OLDER_NGINX not in line:
                yield line


def of_haproxy() -> Iterator[str]:
    if haproxy := shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin"):
        for line in complaints(haproxy, "-c", "-f", str(DEPLOY / "haproxy" / "haproxy.cfg")):
            if line != "Configuration file is valid":
                yield line


def of_patroni() -> Iterator[str]:
    path = DEPLOY / "patroni" / "patroni.yml"
    try:
        yaml.safe_load(path.read_text())
    except yaml.YAMLError as error:
        yield f"{path}: {error}"


def of_systemd() -> Iterator[str]:
    """Leave out its advice on security (it misreads UMask, wants Delegate), and what it has not heard of."""
    units = sorted(str(unit) for unit in (DEPLOY / "systemd").glob("*.service"))
    # Told which version to read for, it does not look for an installed one with a program of binutils.
    lint = (str(PROGRAMS / "systemdlint"), "--norootfs", "--sversion", "2.52")
    for line in complaints(*lint, *units):
        if "[Security." not in line and RESTARTED_ONESHOT not in line:
            yield line
    yield from complaints("sh", "-n", str(DEPLOY / "systemd" / "undersign-command"))


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
