"""The database fails over to its synchronous standby while people sign."""

import time

from bench.drill.patroni import Cluster, Replicated
from bench.drill.scene import Scene


def leader_lost(scene: Scene) -> None:
    """Take the leader's machine away at once; when it is back it follows the new one."""
    cluster = cluster_of(scene)
    lost = cluster.leader()
    lost.kill()
    began = time.monotonic()
    new = cluster.leader()
    scene.also["seconds_to_a_new_leader"] = round(time.monotonic() - began, 1)
    scene.require(new.name != lost.name, "another node leads")
    time.sleep(10)
    lost.start()
    scene.also["seconds_to_two_standbys"] = round(cluster.wait_for_standby(), 1)


def planned_switchover(scene: Scene) -> None:
    """Hand the lead over, as an operator does before updating a machine."""
    cluster = cluster_of(scene)
    before = cluster.leader().name
    cluster.switch_over()
    time.sleep(10)
    scene.require(cluster.leader().name != before, "another node leads")
    cluster.wait_for_standby()


def cluster_of(scene: Scene) -> Cluster:
    assert isinstance(scene.instance, Replicated)
    return scene.instance.cluster
