"""Put a usable `uv` at .uv/uv, without pip, venv or a change to the system's Python.

A new enough `uv` on PATH is linked; otherwise the wheel that uv.lock names for this platform is fetched,
checked against its hash there, and its one program unpacked. Standard library only.
"""

import hashlib
import io
import os
import platform
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 an older Python is what this line is for
    sys.exit(f"Undersign needs Python 3.11 or newer; {sys.executable} is {platform.python_version()}.")

import tomllib  # only in 3.11 and newer, so after the check

PROJECT = Path(__file__).resolve().parent.parent
TARGET = PROJECT / ".uv" / "uv"
DOWNLOAD_TIMEOUT = 120  # seconds without a byte


def main() -> None:
    wanted = required_version()
    if is_usable(TARGET, wanted):
        return
    TARGET.parent.mkdir(exist_ok=True)
    found = shutil.which("uv")
    if found and is_usable(Path(found), wanted):
        replace_atomically(lambda path: path.symlink_to(Path(found).absolute()))
        return
    wheel = wheel_for_this_platform()
    program = program_in(download(wheel["url"]), wheel)
    replace_atomically(lambda path: write_program(path, program))
    if not is_usable(TARGET, wanted):
        sys.exit(f"The downloaded uv does not run on this machine ({platform.machine()}).")


def required_version() -> tuple[int, ...]:
    """Read the oldest uv that pyproject.toml allows, as numbers: ">=0.9" gives (0, 9)."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    return numbers(project["tool"]["uv"]["required-version"])


def numbers(version: str) -> tuple[int, ...]:
    found = re.search(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def is_usable(program: Path, wanted: tuple[int, ...]) -> bool:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return numbers(said.stdout) >= wanted


def wheel_for_this_platform() -> dict[str, str]:
    lock = tomllib.loads((PROJECT / "uv.lock").read_text(encoding="utf-8"))
    wheels = next((package["wheels"] for package in lock["package"] if package["name"] == "uv"), [])
    pattern = re.compile(platform_tag())
    for wheel in wheels:
        if pattern.search(wheel["url"].rsplit("/", 1)[-1]):
            return wheel
    sys.exit(
        f"uv.lock has no uv for this platform ({platform.system()} {platform.machine()}). "
        f"Install uv {'.'.join(map(str, required_version()))} or newer by hand and run this again."
    )


def platform_tag() -> str:
    """Return what the name of a wheel for this machine matches, as a regular expression."""
    machine = {"amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    if platform.system() == "Darwin":
        return r"macosx_\d+_\d+_" + ("arm64" if machine == "aarch64" else machine)
    if platform.system() == "Linux":
        libc = "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
        return libc + r"[0-9_]+_" + re.escape(machine)
    return "no wheel is used on this system"


def download(url: str) -> bytes:
    """Fetch a wheel. HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE are honoured by urllib and OpenSSL."""
    print("Fetching uv …", file=sys.stderr)
    try:
        with urllib.request.urlopen(url, timeout=DOWNLOAD_TIMEOUT) as answer:  # noqa: S310 the address is uv.lock's
            return answer.read()
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        sys.exit(
            f"uv could not be fetched: {reason}. Check the network or HTTPS_PROXY, or install uv by hand."
        )


def program_in(wheel: bytes, entry: dict[str, str]) -> bytes:
    if f"sha256:{hashlib.sha256(wheel).hexdigest()}" != entry["hash"]:
        sys.exit(
            "The uv that was fetched is not the one uv.lock names (its hash differs). Nothing was installed."
        )
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/scripts/uv"))
        return archive.read(name)


def write_program(path: Path, program: bytes) -> None:
    path.write_bytes(program)
    path.chmod(0o755)


def replace_atomically(make: Callable[[Path], None]) -> None:
    """Let `make` create a file beside the target, then put it in the target's place in one step."""
    beside = TARGET.with_name(f"uv.{os.getpid()}")
    beside.unlink(missing_ok=True)
    make(beside)
    beside.replace(TARGET)


if __name__ == "__main__":
    try:
        main()
    except PermissionError as error:
        sys.exit(f"Cannot write {error.filename}: permission denied.")
