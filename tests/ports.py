"""Ports of loopback for what a test or a measurement starts."""

import socket
from random import SystemRandom

# Below those that systems give out by themselves: nobody else gets one between the look and the start.
_RANGE = range(10_000, 32_000)
_given: set[int] = set()


def free_port() -> int:
    """Choose a port that nobody uses, and never the same twice."""
    while True:
        port = SystemRandom().choice(_RANGE)
        if port not in _given and _is_free(port):
            _given.add(port)
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as trial:
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
