"""The clock jumps, and notifications get lost."""

import time

import psycopg

from bench.drill.reckoning import id_at
from bench.drill.scene import Scene
from bench.drill.visitors import PETITION

STEPS = (-120, 0, 120, 0)  # seconds
LATER_THAN = "SELECT count(*) FROM signing_attempt WHERE id > '{}'"
MOST_LAG = 6.0  # seconds until the count shows who has confirmed
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
    """Let nothing notify and end who listens: the count moves and mails leave all the same."""
    with psycopg.connect(scene.instance.database_url, autocommit=True) as connection:
        statements = [row[0] for row in connection.execute(SILENCE)]
        for statement in statements:
            connection.execute(statement.encode())
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%'"
        )
        scene.on_end(lambda: _notify_again(scene, statements))
        lags = [_lag(scene, connection) for _ in range(int(scene.lasting(10, 3)))]
    scene.mend()
    scene.also |= {"triggers_silenced": len(statements), "count_lag_s": max(lags)}
    scene.require(max(lags) < MOST_LAG, "the count moves")


def _lag(scene: Scene, connection: psycopg.Connection) -> float:
    """Take the number of confirmed signatures and wait until the page's count has reached it."""
    query = (
        "SELECT count(*) FROM signing_signature s JOIN campaigns_petition p ON p.id = s.petition_id"
        " WHERE s.state = 'confirmed' AND p.slug = %s"
    )
    row = connection.execute(query, [PETITION.split("/")[2]]).fetchone()
    assert row is not None
    began = time.monotonic()
    while scene.count() < row[0] and time.monotonic() - began < 5 * MOST_LAG:
        time.sleep(0.1)
    return round(time.monotonic() - began, 1)


def _notify_again(scene: Scene, statements: list[str]) -> None:
    with psycopg.connect(scene.instance.database_url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.replace(" DISABLE ", " ENABLE ").encode())
