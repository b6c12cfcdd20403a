"""Print the path of a nats-server for the tests of the stream; with --install, install one where possible."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

DEBIANS = Path("/usr/sbin/nats-server")  # where not everybody's PATH leads
ADVICE = (
    "The tests of the JetStream intake need nats-server, and none was found. On Debian and Ubuntu: "
    "sudo apt-get install nats-server. On macOS: brew install nats-server. "
    "Or set NATS_SERVER to the path of one."
)


def main() -> None:
    found = find()
    if found is None and "--install" in sys.argv:
        install()
        found = find()
    if found is None:
        sys.exit(ADVICE)
    print(found)


def find() -> str | None:
    chosen = os.environ.get("NATS_SERVER")
    if chosen:
        return shutil.which(chosen) or sys.exit(f"NATS_SERVER is {chosen}, which is not a program.")
    return shutil.which("nats-server") or (str(DEBIANS) if DEBIANS.exists() else None)


def install() -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("Installing nats-server with apt-get …", file=sys.stderr)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "install", "-y", "nats-server"]):
        subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)


if __name__ == "__main__":
    main()
