"""HAProxy on loopback, as deploy/haproxy configures it: before PostgreSQL, or before the web nodes."""

from collections.abc import Sequence
from pathlib import Path

import psutil

from bench.drill.spawning import spawn
from bench.programs import program
from undersign.foundation.postgres.account import Account

SHIPPED = Path(__file__).resolve().parent.parent.parent / "deploy" / "haproxy" / "haproxy.cfg"
SITE, POSTGRES = "frontend site", "listen postgres"


def before_postgres(*, port: int, servers: Sequence[str]) -> str:
    """Give the shipped file without the part for web nodes, for other servers than the shipped ones."""
    general, _site, postgres = _parts()
    return general + _with(postgres.replace("127.0.0.1:5000", f"127.0.0.1:{port}"), servers)


def before_nodes(*, port: int, servers: Sequence[str]) -> str:
    """Give the shipped file without the part for PostgreSQL, for other nodes than the shipped ones."""
    general, site, _postgres = _parts()
    return general + _with(site.replace("bind :80\n", f"bind 127.0.0.1:{port}\n"), servers)


def start(text: str, directory: Path, account: Account, *, log: Path) -> psutil.Popen:
    """Run it with this configuration."""
    path = directory / "haproxy.cfg"
    path.write_text(text)
    return spawn([program("haproxy"), "-db", "-f", str(path)], log, account)


def _parts() -> tuple[str, str, str]:
    """Take the shipped file apart: what is for both, before web nodes, before PostgreSQL."""
    # More connections need more open files than a shell may have.
    text = SHIPPED.read_text().replace("maxconn 20000", "maxconn 500")
    site, postgres = text.index(SITE), text.index(POSTGRES)
    return text[:site], text[site:postgres], text[postgres:]


def _with(part: str, servers: Sequence[str]) -> str:
    """Put servers in place of the shipped ones, with what is asked of each of those."""
    lines = [line for line in part.splitlines() if not line.startswith("    server ")]
    return "\n".join([*lines, *(f"    server {server}" for server in servers), ""])
