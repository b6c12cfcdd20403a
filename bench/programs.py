"""The programs that a measurement needs and that no Python package brings."""

import os
import shutil
from collections.abc import Sequence

# Where Debian keeps what only root runs; not everybody has it in PATH.
PLACES = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
PACKAGES = {
    "etcd": "etcd-server",
    "haproxy": "haproxy",
    "nginx": "nginx-light",
    "patroni": "patroni",
    "patronictl": "patroni",
    "wrk": "wrk",
}


class ProgramMissing(Exception):
    """Says which programs are missing and how to install them."""


def program(name: str) -> str:
    """Find one program. Raises ProgramMissing."""
    require([name])
    found = shutil.which(name, path=PLACES)
    assert found
    return found


def require(names: Sequence[str]) -> None:
    """Raise ProgramMissing, naming all that are not there."""
    missing = [name for name in names if shutil.which(name, path=PLACES) is None]
    if missing:
        packages = " ".join(sorted({PACKAGES[name] for name in missing}))
        raise ProgramMissing(
            f"Missing: {', '.join(missing)}. On Debian and Ubuntu: sudo apt-get install {packages}. "
            f"On macOS: brew install {' '.join(missing)}."
        )
