"""The instances that cases are played on."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.drill import haproxy
from bench.drill.clustered import jetstream
from bench.drill.instance import Instance, running, takes_connections, wait_until
from bench.drill.mailhouse import MailHouse
from bench.drill.patroni import Replicated, cluster_running
from bench.programs import ProgramMissing, require
from tests.ports import free_port
from undersign.foundation.postgres import EmbeddedServer
from undersign.foundation.postgres.account import Account, system_user

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")  # Debian: package faketime
REAL_SLEEP = Path(__file__).with_name("real_sleep.c")
SMALL_DISK_MB = 700


class NotHere(Exception):
    """The machine cannot play the case; it is not run and has not passed."""


@contextmanager
def usual(directory: Path, house: MailHouse) -> Iterator[Instance]:
    """Run what `undersign up` runs: two web processes, a worker, the embedded PostgreSQL."""
    with running(instance_make(directory / "usual", house)) as instance:
        yield instance


@contextmanager
def own_database(directory: Path, house: MailHouse) -> Iterator[Instance]:
    """Run the same on a PostgreSQL that nobody starts again but the case itself."""
    server = EmbeddedServer(directory / "database")
    server.start()
    try:
        instance = instance_make(directory / "with-own-database", house)
        instance.environment["DATABASE_URL"] = server.url
        instance.server = server
        with running(instance):
            yield instance
    finally:
        server.stop()
        layout_remove(server)


@contextmanager
def small_disk(directory: Path, house: MailHouse) -> Iterator[Instance]:
    """Run the usual parts with the database on a small file system of its own."""
    instance = instance_make(directory / "on-small-disk", house)
    mount = instance.data_dir / "postgres"
    mount.mkdir(parents=True)
    if os.geteuid() != 0:
        raise NotHere("only root may mount a file system")
    account = system_user()
    options = f"size={SMALL_DISK_MB}m,mode=0700,uid={account.pw_uid},gid={account.pw_gid}"
    done = subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", options, "tmpfs", mount], check=False)
    if done.returncode:
        raise NotHere("mounting is not permitted")
    try:
        directory.chmod(0o755)  # the server's account has to get there
        with running(instance):
            yield instance
    finally:
        subprocess.run(["/bin/umount", "--lazy", mount], check=False)


@contextmanager
def stepped_clock(directory: Path, house: MailHouse) -> Iterator[Instance]:
    """Run the usual parts where libfaketime tells web and worker the time, from a file that a case writes."""
    if not FAKETIME.exists():
        raise NotHere(f"{FAKETIME} is missing; on Debian it is in the package faketime")
    if (compiler := shutil.which("cc")) is None:
        raise NotHere("there is no C compiler")
    real_sleep = directory / "real_sleep.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", real_sleep, REAL_SLEEP], check=True)
    instance = instance_make(directory / "stepped-clock", house)
    instance.clock = directory / "clock"
    instance.clock.write_text("+0")
    instance.environment |= {
        "LD_PRELOAD": f"{real_sleep}:{FAKETIME}",
        "FAKETIME_TIMESTAMP_FILE": str(instance.clock),
        "FAKETIME_CACHE_DURATION": "1",  # seconds after which the file is read again
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # a step of the clock leaves it alone
        "FAKETIME_DISABLE_SHM": "1",  # PostgreSQL runs as another user
    }
    with running(instance):
        yield instance


@contextmanager
def two_nodes(directory: Path, house: MailHouse) -> Iterator[Instance]:
    """Run two nodes, each with web and worker, on one database and with one keys file."""
    with own_database(directory, house) as first:
        second = instance_make(directory / "second-node", house)
        second.environment |= {
            "DATABASE_URL": first.database_url,
            "UNDERSIGN_KEYS_FILE": str(first.keys_file),
            "UNDERSIGN_BASE_URL": first.url,
        }
        first.other = second
        with running(second):
            yield first


@contextmanager
def behind_haproxy(directory: Path, house: MailHouse) -> Iterator[Instance]:
    """Run two nodes with HAProxy before them."""
    try:
        require(["haproxy"])
    except ProgramMissing as missing:
        raise NotHere(str(missing)) from missing
    with two_nodes(directory, house) as first:
        assert first.other is not None
        first.front = port = free_port()
        nodes = {"node1": first, "node2": first.other}
        servers = [
            f"{name} 127.0.0.1:{node.port} check inter 2s fall 2 rise 1" for name, node in nodes.items()
        ]
        text = haproxy.before_nodes(port=port, servers=servers)
        account = Account(os.geteuid(), os.getegid(), is_lent=False)
        balancer = haproxy.start(text, directory, account, log=directory / "haproxy.log")
        try:
            wait_until(lambda: takes_connections(port), "HAProxy")
            yield first
        finally:
            balancer.kill()
            balancer.wait()


@contextmanager
def patroni(directory: Path, house: MailHouse) -> Iterator[Instance]:
    """Run the usual parts on a database of three servers, one of them a synchronous standby."""
    try:
        with cluster_running(directory) as cluster:
            settings = {**instance_make(directory, house).environment, "DATABASE_URL": cluster.url}
            with running(Replicated(directory / "replicated", settings, cluster=cluster)) as instance:
                yield instance
    except ProgramMissing as missing:
        raise NotHere(str(missing)) from missing


def instance_make(data_dir: Path, house: MailHouse) -> Instance:
    mail_url = f"smtp://127.0.0.1:{house.port}/?tls=off"
    return Instance(data_dir, {"UNDERSIGN_MAIL_URL": mail_url})


def layout_remove(server: EmbeddedServer) -> None:
    shutil.rmtree(server.layout.home, ignore_errors=True)


PLACES = {
    "usual": usual,
    "own_database": own_database,
    "small_disk": small_disk,
    "stepped_clock": stepped_clock,
    "two_nodes": two_nodes,
    "behind_haproxy": behind_haproxy,
    "patroni": patroni,
    "jetstream": jetstream,
}
