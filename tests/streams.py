"""A real NATS cluster of three servers on loopback, any of which can be stopped, killed and started again."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.site import end, free_port
from tests.waiting import until
from undersign.foundation.child_process import ending_with_parent

CONFIGURATION = """
server_name: {name}
listen: "127.0.0.1:{port}"
http: "127.0.0.1:{monitor}"
jetstream {{ store_dir: "{directory}", sync_interval: always }}
cluster {{ name: tests, listen: "127.0.0.1:{route}", routes: [{routes}] }}
"""


def nats_server() -> str:
    """Find the program: the one that NATS_SERVER names, or that of the wheel that tests install."""
    return os.environ.get("NATS_SERVER") or str(Path(sys.executable).with_name("nats-server"))


@dataclass
class NatsServer:
    """One of the three."""

    name: str
    directory: Path
    port: int = field(default_factory=free_port)
    monitor: int = field(default_factory=free_port)
    route: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self, others: list["NatsServer"]) -> None:
        routes = ", ".join(f'"nats://127.0.0.1:{other.route}"' for other in others)
        configuration = self.directory / f"{self.name}.conf"
        values = {"directory": self.directory / self.name, "routes": routes}
        configuration.write_text(
            CONFIGURATION.format(
                name=self.name, port=self.port, monitor=self.monitor, route=self.route, **values
            )
        )
        with (self.directory / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [nats_server(), "-c", str(configuration)],
                stderr=log,
                preexec_fn=ending_with_parent(signal.SIGKILL),  # noqa: PLW1509 -- no threads of ours here
            )

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.process = None

    def is_ready(self) -> bool:
        """Ask the server whether it belongs to the cluster and knows who leads it."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.monitor}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def streams(self) -> list[dict[str, Any]]:
        """What this server says of the streams; nothing while it is down."""
        query = "/jsz?streams=true&leader-only=false&config=true"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.monitor}{query}", timeout=2) as answer:
                accounts = json.load(answer).get("account_details", [])
        except OSError:
            return []
        return [stream for account in accounts for stream in account.get("stream_detail", [])]


@dataclass
class Cluster:
    """Three servers and the address of a stream on them."""

    servers: list[NatsServer]

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in self.servers)
        return f"jetstream://{hosts}/undersign"

    def start(self) -> None:
        """Start those that do not run, and wait until all are ready."""
        for server in self.servers:
            if server.process is None:
                server.start([other for other in self.servers if other is not server])
        until(lambda: all(server.is_ready() for server in self.servers), patience=60)

    def stop(self) -> None:
        for server in self.servers:
            if server.process is not None:
                end(server.process)
                server.process = None

    def leader(self, stream: str = "undersign") -> NatsServer:
        """Wait until the stream has a leader and give it."""
        return until(lambda: self._leader(stream))

    def waiting(self, stream: str = "undersign") -> int:
        """How many messages a stream holds, as its leader says."""
        counts = [s["state"]["messages"] for s in self.leader(stream).streams() if s["name"] == stream]
        return int(counts[0])

    def _leader(self, name: str) -> NatsServer | None:
        names = {
            stream.get("cluster", {}).get("leader")
            for server in self.servers
            if server.process is not None
            for stream in server.streams()
            if stream["name"] == name
        }
        alive = [server for server in self.servers if server.process is not None]
        return next((server for server in alive if server.name in names), None)


@contextmanager
def cluster_running(directory: Path) -> Iterator[Cluster]:
    """Run three servers, with their files below `directory`."""
    cluster = Cluster([NatsServer(f"n{number}", directory) for number in range(3)])
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
