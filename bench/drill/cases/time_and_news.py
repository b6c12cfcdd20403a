"""The clock jumps, and notifications get lost."""

import json
import subprocess
import sys
import time
from collections.abc import Callable

import psycopg

from bench.drill.instance import wait_until
from bench.drill.reckoning import id_at
from bench.drill.scene import Scene
from bench.drill.visitors import PETITION, Visitor

STEPS = (-120, 0, 120, 0)  # seconds
LATER_THAN = "SELECT count(*) FROM signing_attempt WHERE id > '{}'"
SLUG = PETITION.split("/")[2]
MOST_LAG = 2.0  # seconds until every node shows a change
GIVE_UP = 30.0  # seconds
CONNECTIONS = 3  # to each node
CONFIRMED = """
SELECT count(*) FROM signing_signature s JOIN campaigns_petition p ON p.id = s.petition_id
WHERE s.state = 'confirmed' AND p.slug = %s
"""
# Publishes a petition under another title, as its editor does, and says when.
RETITLE = """
import sys, time, django
django.setup()
from undersign.web.models import PetitionPage
page = PetitionPage.objects.get(slug=sys.argv[1])
page.title = sys.argv[2]
page.save_revision().publish()
print(time.time())
"""
SILENCE = """
SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname) FROM pg_trigger
WHERE NOT tgisinternal AND tgname LIKE '%notify%'
"""


def clock_stepped(scene: Scene) -> None:
    """Step the clock of web and worker back and forth, two minutes each time."""
    clock = scene.instance.clock
    assert clock is not None
    for step in STEPS:
        clock.write_text(f"{step:+d}")
        time.sleep(scene.lasting(8, 3))
    ahead = scene.instance.number(LATER_THAN.format(id_at(time.time_ns() // 1_000_000 + 30_000)))
    scene.also |= {"steps": list(STEPS), "attempts_from_the_future": ahead}
    scene.require(ahead > 0, "the clock was stepped")


def notifications_lost(scene: Scene) -> None:
    """Let nothing notify and end who listens: counts and changes reach every node all the same."""
    with psycopg.connect(scene.instance.database_url, autocommit=True) as connection:
        statements = [row[0] for row in connection.execute(SILENCE)]
        for statement in statements:
            connection.execute(statement.encode())
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%'"
        )
        scene.on_end(lambda: _notify_again(scene, statements))
        rounds = range(int(scene.lasting(10, 3)))
        counts = [_lag_of_count(scene, connection) for _ in rounds]
        changes = [_lag_of_change(scene, f"A change, number {number + 1}") for number in rounds]
    scene.mend()
    scene.also |= {
        "triggers_silenced": len(statements),
        "count_lags_s": counts,
        "change_lags_s": changes,
    }
    scene.require(max(counts) < MOST_LAG, "the count reaches every node within two seconds")
    scene.require(max(changes) < MOST_LAG, "a change reaches every node within two seconds")


def _lag_of_count(scene: Scene, connection: psycopg.Connection) -> float:
    """Take the number of confirmed signatures and wait until every node has counted as far."""
    row = connection.execute(CONFIRMED, [SLUG]).fetchone()
    assert row is not None
    return _until_everywhere(scene, time.time(), lambda visitor: _count(visitor) >= row[0])


def _lag_of_change(scene: Scene, title: str) -> float:
    """Publish a petition under another title and wait until every node shows it."""
    command = [sys.executable, "-c", RETITLE, SLUG, title]
    environment = {
        "DJANGO_SETTINGS_MODULE": "undersign.config.settings",
        **scene.instance.environ(),
        "DATABASE_URL": scene.instance.database_url,
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return _until_everywhere(scene, float(done.stdout), lambda visitor: title in visitor.read(PETITION))


def _until_everywhere(scene: Scene, since: float, is_seen: Callable[[Visitor], bool]) -> float:
    """Give the seconds until everybody sees something, on a few connections to each node."""
    assert scene.instance.other is not None
    nodes = (scene.instance, scene.instance.other)
    visitors = [Visitor(scene.journal, (node.port,)) for node in nodes for _ in range(CONNECTIONS)]
    wait_until(lambda: all(map(is_seen, visitors)), "a change at every node", patience=GIVE_UP)
    lag = round(time.time() - since, 1)
    for visitor in visitors:
        visitor.leave()
    return lag


def _count(visitor: Visitor) -> int:
    return int(json.loads(visitor.read(f"{PETITION}count.json"))["count"])


def _notify_again(scene: Scene, statements: list[str]) -> None:
    with psycopg.connect(scene.instance.database_url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.replace(" DISABLE ", " ENABLE ").encode())
