"""The network that a request is said to come from."""

import pytest
from starlette.requests import HTTPConnection

from undersign.foundation.networks import Proxies
from undersign.web.front_door.desk import network_of

PROXIES = Proxies(["10.0.0.0/8"])


@pytest.mark.parametrize(
    ("peer", "lines", "network"),
    [
        ("10.0.0.1", ["198.51.100.7"], "198.51.100.0/24"),
        ("10.0.0.1", ["203.0.113.9", "198.51.100.7"], "198.51.100.0/24"),  # the first is the client's own
        ("10.0.0.1", ["203.0.113.9, 198.51.100.7", "10.0.0.2"], "198.51.100.0/24"),
        ("10.0.0.1", [], "10.0.0.0/24"),
        ("192.0.2.3", ["198.51.100.7"], "192.0.2.0/24"),  # no proxy of ours
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(peer: str, lines: list[str], network: str) -> None:
    headers = [(b"x-forwarded-for", line.encode()) for line in lines]
    request = HTTPConnection({"type": "http", "client": (peer, 1), "headers": headers})
    assert network_of(request, PROXIES) == network
