"""Three PostgreSQL servers under Patroni behind HAProxy, on loopback, as deploy/ configures them."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil
import psycopg

from bench.drill import haproxy
from bench.drill.instance import Instance, wait_until
from bench.drill.spawning import spawn
from bench.programs import program, require
from tests.ports import free_port
from undersign.foundation.postgres.account import Account, account_for
from undersign.foundation.postgres.layout import layout_of, prepare

DEPLOY = Path(__file__).resolve().parent.parent.parent / "deploy"
SUPERUSER = "postgresql://postgres:change-me@127.0.0.1:{port}/postgres"  # as in the shipped example
ROLE = "undersign"


@dataclass
class Node:
    """A machine of its own, as far as others can tell: PostgreSQL, and the Patroni that keeps it."""

    name: str
    home: Path
    account: Account
    log: Path
    port: int = field(default_factory=free_port)
    rest_port: int = field(default_factory=free_port)
    _patroni: psutil.Popen | None = None

    def write(self, *, etcd_port: int) -> None:
        """Write the shipped example for this node."""
        changes = {
            "name: pg1": f"name: {self.name}",
            "10.0.0.21:2379,10.0.0.22:2379,10.0.0.23:2379": f"127.0.0.1:{etcd_port}",
            "10.0.0.21:8008": f"127.0.0.1:{self.rest_port}",
            "10.0.0.21:5432": f"127.0.0.1:{self.port}",
            "10.0.0.0/24": "127.0.0.1/32",
            "/var/lib/postgresql/undersign": str(self.home / "data"),
            "/var/run/postgresql": str(self.home),
            "\n  parameters:": f"\n  pgpass: {self.home}/pgpass\n  parameters:",
        }
        text = (DEPLOY / "patroni" / "patroni.yml").read_text()
        for shipped, here in changes.items():
            assert shipped in text, shipped
            text = text.replace(shipped, here)
        self.home.mkdir(mode=0o700)
        self.account.own(self.home)
        (self.home / "patroni.yml").write_text(text)

    def start(self) -> None:
        command = [program("patroni"), str(self.home / "patroni.yml")]
        self._patroni = spawn(command, self.log, self.account)

    def kill(self) -> None:
        """Take the machine away: SIGKILL to Patroni and to every process of its PostgreSQL."""
        if self._patroni is None:
            return
        for process in [self._patroni, *self._patroni.children(recursive=True), *self._postgres()]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._patroni.wait()
        self._patroni = None

    def is_(self, role: str) -> bool:
        """Ask Patroni, as HAProxy does: `primary`, `sync` or `replica`."""
        connection = HTTPConnection("127.0.0.1", self.rest_port, timeout=2)
        try:
            connection.request("GET", f"/{role}")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def _postgres(self) -> list[psutil.Process]:
        with suppress(OSError, psutil.NoSuchProcess):
            pid = int((self.home / "data" / "postmaster.pid").read_text().split()[0])
            return [psutil.Process(pid), *psutil.Process(pid).children()]
        return []


@dataclass(frozen=True)
class Cluster:
    """Three nodes; `port` is HAProxy's, which leads to whoever leads."""

    nodes: tuple[Node, ...]
    port: int

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}:{ROLE}@127.0.0.1:{self.port}/{ROLE}"

    def leader(self) -> Node:
        """Wait for the node that leads."""
        wait_until(lambda: any(node.is_("primary") for node in self.nodes), "a leader")
        return next(node for node in self.nodes if node.is_("primary"))

    def wait_for_standby(self) -> float:
        """Wait until the leader has a synchronous standby, and return the seconds it took."""
        return wait_until(lambda: any(node.is_("sync") for node in self.nodes), "a synchronous standby")

    def switch_over(self) -> None:
        """Hand the lead to the synchronous standby, as an operator does before updating a machine."""
        leader, chosen = self.leader(), next(node for node in self.nodes if node.is_("sync"))
        names = ("--master", leader.name, "--candidate", chosen.name, "--force", "undersign")
        command = [program("patronictl"), "-c", str(leader.home / "patroni.yml"), "switchover", *names]
        subprocess.run(command, check=True, capture_output=True)


@dataclass
class Replicated(Instance):
    """An instance whose database is a cluster."""

    cluster: Cluster = field(kw_only=True)


@contextmanager
def cluster_running(directory: Path) -> Iterator[Cluster]:
    """Run etcd, three nodes and HAProxy; the database and role of Undersign are made."""
    require(["etcd", "haproxy", "patroni", "patronictl"])
    layout = layout_of(directory / "patroni")
    account = account_for(layout.home)
    prepare(layout, account)
    etcd_port, port = free_port(), free_port()
    names = ("pg1", "pg2", "pg3")
    nodes = tuple(Node(name, layout.home / name, account, directory / f"{name}.log") for name in names)
    others = [etcd_start(layout.home / "etcd", account, etcd_port, log=directory / "etcd.log")]
    try:
        for node in nodes:
            node.write(etcd_port=etcd_port)
            node.start()
        servers = [f"{node.name} 127.0.0.1:{node.port} check port {node.rest_port}" for node in nodes]
        text = haproxy.before_postgres(port=port, servers=servers)
        others.append(haproxy.start(text, layout.home, account, log=directory / "haproxy.log"))
        cluster = Cluster(nodes, port)
        cluster.leader()
        cluster.wait_for_standby()
        database_make(port)
        yield cluster
    finally:
        for node in nodes:
            node.kill()
        for process in others:
            process.kill()
            process.wait()
        shutil.rmtree(layout.home, ignore_errors=True)


def database_make(port: int) -> None:
    """Make the role and the database through HAProxy, which may need a moment to see the leader."""

    def can_connect() -> bool:
        with suppress(psycopg.OperationalError):
            psycopg.connect(SUPERUSER.format(port=port), connect_timeout=2).close()
            return True
        return False

    wait_until(can_connect, "HAProxy")
    with psycopg.connect(SUPERUSER.format(port=port), autocommit=True) as connection:
        connection.execute("CREATE ROLE undersign LOGIN PASSWORD 'undersign'")
        connection.execute("CREATE DATABASE undersign OWNER undersign")


def etcd_start(data: Path, account: Account, port: int, *, log: Path) -> psutil.Popen:
    """Run one member; a real cluster has three."""
    client, peer = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{free_port()}"
    data.mkdir(mode=0o700)
    account.own(data)
    return spawn(
        [
            *(program("etcd"), "--data-dir", str(data)),
            *("--listen-client-urls", client, "--advertise-client-urls", client),
            *("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer),
            *("--initial-cluster", f"default={peer}"),
        ],
        log,
        account,
    )
