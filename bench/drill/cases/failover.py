"""A machine is lost, and another one does its work, while people sign."""

import time

from bench.drill.instance import wait_until
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
    back = wait_until(lambda: lost.is_("replica"), "the lost node follows")
    scene.also["seconds_to_two_standbys"] = round(back + cluster.wait_for_standby(), 1)


def planned_switchover(scene: Scene) -> None:
    """Hand the lead over, as an operator does before updating a machine."""
    cluster = cluster_of(scene)
    before = cluster.leader().name
    cluster.switch_over()
    time.sleep(10)
    scene.require(cluster.leader().name != before, "another node leads")
    cluster.wait_for_standby()


def web_node_lost(scene: Scene) -> None:
    """SIGKILL all that runs on one of two nodes, and start it again: HAProxy leads people to the other."""
    other = scene.instance.other
    assert other is not None
    rounds = int(scene.lasting(2, 1))
    began = time.monotonic()
    for _ in range(rounds):
        other.kill()
        time.sleep(scene.lasting(15, 8))
        other.start()
        time.sleep(scene.lasting(8, 5))
    cut_off = [entry for entry in scene.journal.entries("refused", "broken") if entry["at"] >= began]
    scene.also |= {"kills": rounds, "cut_off": len(cut_off)}
    scene.mails_may_double = rounds
    # HAProxy answers 502, or nothing, to requests that were at the node.
    scene.require(all(e.get("status", 502) == 502 for e in cut_off), "nobody is refused")
    scene.require(len(cut_off) <= rounds * scene.crowd.size, "nothing is cut off but what the node had")


def cluster_of(scene: Scene) -> Cluster:
    assert isinstance(scene.instance, Replicated)
    return scene.instance.cluster
