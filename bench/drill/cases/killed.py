"""Parts are killed while people sign."""

import time

from bench.drill.instance import wait_until
from bench.drill.reckoning import forms_cut_off
from bench.drill.scene import Scene

IN_A_BATCH = 4  # people who wait for their answer at the instant of a kill
BUSY_WITHIN = 10.0  # seconds


def web_worker_killed(scene: Scene) -> None:
    """SIGKILL the web process that most people are connected to, while their forms are under way, repeatedly.

    A process that dies within six seconds of its start is a crash loop to Granian, which then ends.
    """
    kills = []
    for _ in range(int(scene.lasting(5, 1))):
        begun = scene.instance.web_begun()
        busiest = max(scene.instance.web_workers(), key=lambda worker: len(worker.net_connections("tcp")))
        give_up = time.monotonic() + BUSY_WITHIN
        while scene.crowd.forms_under_way() < IN_A_BATCH and time.monotonic() < give_up:
            time.sleep(0.001)
        kills.append(time.monotonic())
        busiest.kill()
        wait_until(lambda before=begun: scene.instance.web_begun() > before, "a web process")
        time.sleep(6)
    scene.also |= {"kills": len(kills), "forms_cut_off": forms_cut_off(scene.journal, kills)}
    # A single kill may come a moment after all were answered.
    scene.require(scene.is_short or scene.also["forms_cut_off"] > 0, "a batch was under way")


def task_worker_killed(scene: Scene) -> None:
    """SIGKILL the worker in the middle of a mail: it alone knew whether the server took it."""
    kills = int(scene.lasting(4, 1))
    for _ in range(kills):
        received = scene.house.received.total()
        wait_until(lambda before=received: scene.house.received.total() > before + 20, "mails")
        scene.instance.task_worker().kill()
        wait_until(lambda: bool(scene.instance.parts("undersign.config worker")), "the worker")
    scene.also["kills"] = scene.mails_may_double = kills


def postgres_killed(scene: Scene) -> None:
    """SIGKILL PostgreSQL; the supervisor starts it again, and people sign before the next time."""
    kills = int(scene.lasting(3, 1))
    for _ in range(kills):
        scene.instance.postmaster().kill()
        time.sleep(1)
        wait_until(scene.signs, "signing again")
        time.sleep(scene.lasting(8, 5))
    scene.also["kills"] = kills
