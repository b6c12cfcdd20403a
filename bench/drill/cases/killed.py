"""Parts are killed while people sign."""

import random
import time

from bench.drill.instance import wait_until
from bench.drill.reckoning import forms_cut_off
from bench.drill.scene import Scene

# People who wait for their answer at the instant of a kill: some of them are in the batch of that process.
IN_A_BATCH = 4


def web_worker_killed(scene: Scene) -> None:
    """SIGKILL one web process after the other, when forms are under way.

    A process that dies within six seconds of its start is a crash loop to Granian, which then ends.
    """
    kills = int(scene.lasting(5, 1))
    for _ in range(kills):
        begun, workers = scene.instance.web_begun(), scene.instance.web_workers()
        while scene.crowd.forms_under_way() < IN_A_BATCH:
            time.sleep(0.001)
        random.choice(workers).kill()  # noqa: S311
        wait_until(lambda before=begun: scene.instance.web_begun() > before, "a web process")
        time.sleep(6)
    scene.also |= {"kills": kills, "forms_cut_off": forms_cut_off(scene.journal)}
    # One kill may by chance hit the process that has none of them.
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
