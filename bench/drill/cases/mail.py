"""The mail server misbehaves while people sign."""

import time

from bench.drill.scene import Scene


def smtp_refusing(scene: Scene) -> None:
    """Answer 451 to every recipient."""
    _in_a_mood(scene, "refusing")


def smtp_slow(scene: Scene) -> None:
    """Take four seconds for each mail."""
    _in_a_mood(scene, "slow")


def smtp_closing(scene: Scene) -> None:
    """Close the connection in the middle of each message."""
    _in_a_mood(scene, "closing")


def _in_a_mood(scene: Scene, mood: str) -> None:
    scene.house.mood = mood
    scene.on_end(lambda: setattr(scene.house, "mood", "willing"))
    time.sleep(scene.lasting(20, 8))
    scene.mend()
