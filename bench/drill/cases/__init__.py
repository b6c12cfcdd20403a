"""Every case by its name, in the order in which they run."""

from collections.abc import Mapping

from bench.drill.cases import (
    clients,
    failover,
    killed,
    mail,
    outages,
    streams,
    time_and_news,
    together,
    versions,
)
from bench.drill.scene import Case

# A worker that was cut off leaves its claims, which end after five minutes.
CLAIMS_END = 400.0

CASES: Mapping[str, Case] = {
    "confirm_link_hammered": Case(together.confirm_link_hammered, is_short=True),
    "same_addresses_everywhere": Case(together.same_addresses_everywhere),
    "slow_loris": Case(clients.slow_loris),
    "idle_connections": Case(clients.idle_connections),
    "smtp_refusing": Case(mail.smtp_refusing, settle=CLAIMS_END),
    "smtp_slow": Case(mail.smtp_slow, settle=CLAIMS_END),
    "smtp_closing": Case(mail.smtp_closing, settle=CLAIMS_END),
    "web_worker_killed": Case(
        killed.web_worker_killed, pace=150, signers=32, settle=CLAIMS_END, is_short=True
    ),
    "processes_replaced": Case(versions.processes_replaced),
    "stopped_while_signing": Case(versions.stopped_while_signing),
    "task_worker_killed": Case(killed.task_worker_killed, settle=CLAIMS_END),
    "pool_exhausted": Case(outages.pool_exhausted),
    "connections_exhausted": Case(outages.connections_exhausted, settle=CLAIMS_END),
    "postgres_killed": Case(killed.postgres_killed, settle=CLAIMS_END, is_short=True),
    "postgres_frozen": Case(outages.postgres_frozen, "own_database", settle=CLAIMS_END),
    "postgres_stopped": Case(outages.postgres_stopped, "own_database", settle=CLAIMS_END),
    "disk_full": Case(outages.disk_full, "small_disk", settle=CLAIMS_END),
    "clock_stepped": Case(time_and_news.clock_stepped, "stepped_clock", settle=CLAIMS_END, before=150),
    "notifications_lost": Case(time_and_news.notifications_lost, "two_nodes"),
    "deployed_while_signing": Case(versions.deployed_while_signing, "two_nodes", settle=CLAIMS_END),
    "web_node_lost": Case(failover.web_node_lost, "behind_haproxy", settle=CLAIMS_END, is_short=True),
    "stream_server_killed": Case(streams.stream_server_killed, "jetstream"),
    "stream_leader_killed": Case(streams.stream_leader_killed, "jetstream"),
    "stream_leader_killed_without_database": Case(
        streams.stream_leader_killed_without_database, "jetstream", settle=CLAIMS_END
    ),
    "postgres_away": Case(streams.postgres_away, "jetstream", pace=25, settle=CLAIMS_END),
    "postgres_leader_lost": Case(failover.leader_lost, "patroni", pace=60, settle=CLAIMS_END),
    "postgres_switched_over": Case(failover.planned_switchover, "patroni", pace=60, settle=CLAIMS_END),
}
