"""Waiting for something that another process does."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE = 20.0  # seconds; machines that run tests are busy


def until(look: Callable[[], Found | None], *, patience: float = PATIENCE) -> Found:
    """Look again and again until there is something, and give it. Raises TimeoutError."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise TimeoutError
