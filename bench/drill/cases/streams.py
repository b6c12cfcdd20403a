"""What the JetStream intake is for: its servers die one at a time, and PostgreSQL is away for long."""

import time
from contextlib import suppress
from http.client import HTTPException

from bench.drill.clustered import ClusteredInstance
from bench.drill.instance import wait_until
from bench.drill.scene import Scene


def stream_server_killed(scene: Scene) -> None:
    """SIGKILL one of the three servers that does not lead the stream, and start it again."""
    cluster = _instance(scene).cluster
    kills = int(scene.lasting(3, 1))
    for kill in range(kills):
        followers = [server for server in cluster.servers if server is not cluster.leader()]
        _kill(scene, followers[kill % 2].name)
    scene.also["kills"] = kills


def stream_leader_killed(scene: Scene) -> None:
    """SIGKILL the server that leads the stream; the others choose another leader among them."""
    kills = int(scene.lasting(3, 1))
    for _ in range(kills):
        _kill(scene, _instance(scene).cluster.leader().name)
    scene.also["kills"] = kills


def stream_leader_killed_without_database(scene: Scene) -> None:
    """Kill it while PostgreSQL is away too, so that nobody else can take the attempts."""
    instance = _instance(scene)
    instance.server.stop()
    try:
        _kill(scene, instance.cluster.leader().name)
    finally:
        instance.server.start()
    _drained(scene)


def postgres_away(scene: Scene) -> None:
    """Shut PostgreSQL down for ten minutes: signing goes on, nothing is confirmed, no mail leaves.

    In the middle each web process is killed, so that those that follow have never seen the database.
    """
    instance = _instance(scene)
    link = scene.house.links.get(timeout=60)  # of somebody who looks into their mail later
    scene.on_end(lambda: scene.house.links.put(link))
    instance.server.stop()
    time.sleep(3)  # a mail that was in hand is out, and a confirmation under way is over
    began, (mails, signed, confirmed) = time.monotonic(), _seen(scene)
    told = set()
    for _ in range(2):
        time.sleep(scene.lasting(600, 16) / 2)
        told.add(_press(scene, link))
        for process in instance.web_workers():
            process.kill()
    wait_until(lambda: len(instance.web_workers()) == instance.workers, "web processes")
    time.sleep(scene.lasting(10, 5))
    now_mails, now_signed, now_confirmed = _seen(scene)
    scene.also |= {"signed_meanwhile": now_signed - signed, "waiting_in_stream": instance.unwritten()}
    scene.require(now_signed > signed, "people sign while the database is away")
    scene.require(now_confirmed == confirmed, "nothing is confirmed while the database is away")
    scene.require(now_mails == mails, "no mail leaves while the database is away")
    refused = [e for e in scene.journal.entries("refused") if e["at"] > began and e["what"] == "sign"]
    scene.require(not refused, "no form is refused")
    scene.require(told == {503}, "confirming answers 503")
    instance.server.start()
    _drained(scene)


def _instance(scene: Scene) -> ClusteredInstance:
    assert isinstance(scene.instance, ClusteredInstance)
    return scene.instance


def _kill(scene: Scene, name: str) -> None:
    cluster = _instance(scene).cluster
    next(server for server in cluster.servers if server.name == name).kill()
    time.sleep(scene.lasting(15, 8))
    cluster.start()
    time.sleep(scene.lasting(10, 5))


def _press(scene: Scene, link: str) -> int:
    """Press the button behind a link, again while no process answers, and return the status."""
    visitor, statuses = scene.crowd.visitor(), list[int]()

    def is_answered() -> bool:
        with suppress(OSError, HTTPException):
            statuses.append(visitor.confirm(link))
        return bool(statuses)

    wait_until(is_answered, "an answer")
    visitor.leave()
    return statuses[0]


def _seen(scene: Scene) -> tuple[int, int, int]:
    """How many mails arrived, and how many attempts and confirmations were acknowledged."""
    counts = [sum(1 for _ in scene.journal.entries(kind)) for kind in ("signed", "confirmed")]
    return scene.house.received.total(), counts[0], counts[1]


def _drained(scene: Scene) -> None:
    instance = _instance(scene)
    scene.also["seconds_to_drain"] = round(
        wait_until(lambda: instance.unwritten() < 5, "the stream is written", patience=300), 1
    )
