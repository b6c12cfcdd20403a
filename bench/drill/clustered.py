"""The usual parts with the JetStream intake: three NATS servers, and a PostgreSQL of the case's own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.drill.instance import Instance, running
from bench.drill.mailhouse import MailHouse
from tests.streams import Cluster, cluster_running
from undersign.foundation.postgres import EmbeddedServer


@dataclass
class ClusteredInstance(Instance):
    """An instance that knows its cluster and its database's server."""

    cluster: Cluster = None  # type: ignore[assignment]  # set when it is made
    server: EmbeddedServer = None  # type: ignore[assignment]

    def unwritten(self) -> int:
        return self.cluster.waiting()


@contextmanager
def jetstream(directory: Path, house: MailHouse) -> Iterator[Instance]:
    """Run everything; nobody starts PostgreSQL or a NATS server again but the case itself."""
    server = EmbeddedServer(directory / "database")
    server.start()
    (directory / "nats").mkdir()
    try:
        with cluster_running(directory / "nats") as cluster:
            instance = ClusteredInstance(directory / "with-cluster", cluster=cluster, server=server)
            instance.environment |= {
                "UNDERSIGN_MAIL_URL": f"smtp://127.0.0.1:{house.port}/?tls=off",
                "DATABASE_URL": server.url,
                "UNDERSIGN_INTAKE": cluster.url,
            }
            with running(instance):
                yield instance
    finally:
        server.stop()
        shutil.rmtree(server.layout.home, ignore_errors=True)
