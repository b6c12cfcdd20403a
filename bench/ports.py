"""Waiting for servers that are no site of ours."""

import time
from http.client import HTTPConnection
from subprocess import Popen


def wait_until_listening(port: int, process: Popen[bytes]) -> None:
    """Wait for a server that starts. Raises AssertionError when it ends instead, or TimeoutError."""
    for _ in range(200):
        assert process.poll() is None, "A server did not start; its reason is above."
        connection = HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.connect()
        except OSError:
            time.sleep(0.05)
        else:
            return connection.close()
    raise TimeoutError(port)
