"""Every case by its name, in the order in which they run.

Cases of the JetStream intake (one server of three killed, the leader killed, PostgreSQL away for ten minutes)
belong here too, `where="jetstream"`, once that intake is there.
"""

from collections.abc import Mapping

from bench.drill.cases import killed, together
from bench.drill.scene import Case

CASES: Mapping[str, Case] = {
    "confirm_link_hammered": Case(together.confirm_link_hammered, is_short=True),
    "same_addresses_everywhere": Case(together.same_addresses_everywhere),
    "web_worker_killed": Case(killed.web_worker_killed, pace=300, signers=32, is_short=True),
    "task_worker_killed": Case(killed.task_worker_killed, settle=420),
    "postgres_killed": Case(killed.postgres_killed, settle=340, is_short=True),
}
