"""The network a request comes from: what limits count by. A whole address is never kept.

Every form asks for it, so addresses are read and written by the system's own `inet_pton` and `inet_ntop` and
are bytes here, 4 or 16: the objects of `ipaddress` take ten times as long.
"""

import socket
from collections.abc import Iterable
from ipaddress import ip_network
from itertools import islice
from typing import TypeAlias

Address: TypeAlias = bytes

# What a provider gives to one customer: often one IPv4 address out of a /24, and a whole IPv6 /64.
PREFIXES = {4: 24, 6: 64}
_KEPT = {4: PREFIXES[4] // 8, 16: PREFIXES[6] // 8}  # bytes of an address, by its length
_FAMILY = {4: socket.AF_INET, 16: socket.AF_INET6}
_MOST_HOPS = 32
_LONGEST = 100  # an IPv6 address with zone, brackets and port has at most 70 characters
_MAPPED = bytes(10) + b"\xff\xff"  # before an IPv4 address in the form of an IPv6 one (RFC 4291 §2.5.5.2)
_HERE = bytes((127, 0, 0, 1))


class Proxies:
    """The networks whose word about their clients is believed."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        """Read networks such as "10.0.0.0/8", "::1" or "192.0.2.7". Raises ValueError naming a wrong one."""
        networks = [ip_network(text.strip(), strict=False) for text in texts]
        self._ranges = [(n.max_prefixlen // 8, int(n.netmask), int(n.network_address)) for n in networks]

    def __contains__(self, address: Address) -> bool:
        """Tell whether an address is a trusted proxy's."""
        number = int.from_bytes(address, "big")
        for length, mask, network in self._ranges:
            if number & mask == network and len(address) == length:
                return True
        return False


def client_network(peer: str | None, forwarded_for: str, trusted: Proxies) -> str:
    """Find the network (/24 or /64, in CIDR notation) of the client behind a connection.

    `peer` is the address at the other end, empty or None for a Unix socket. `forwarded_for` is the value of
    X-Forwarded-For; it is believed only when the peer is a trusted proxy (a Unix socket is: whoever may
    connect to it runs on this machine), and read from its right end, where our own proxies write, up to the
    first address that is no trusted proxy. What is not an address ends the reading; the last hop that is
    known then counts, so that made-up headers move nobody out of their own network.
    """
    here = _address(peer) if peer else None
    client = here or _HERE
    if not peer or (here and here in trusted):
        client = _first_stranger(client, forwarded_for, trusted)
    return _network_of(client)


def _network_of(address: Address) -> str:
    length, kept = len(address), _KEPT[len(address)]
    network = address[:kept].ljust(length, b"\0")
    return f"{socket.inet_ntop(_FAMILY[length], network)}/{8 * kept}"


def _first_stranger(nearest: Address, forwarded_for: str, trusted: Proxies) -> Address:
    for hop in islice(reversed(forwarded_for.rsplit(",", _MOST_HOPS)), _MOST_HOPS):
        address = _address(hop)
        if address is None:
            return nearest
        nearest = address
        if address not in trusted:
            return nearest
    return nearest


def _address(text: str) -> Address | None:
    """Read "192.0.2.7", "192.0.2.7:443", "2001:db8::1", "[2001:db8::1]:443" or "fe80::1%eth0"."""
    if len(text) > _LONGEST:
        return None
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = socket.inet_pton(_FAMILY[16 if ":" in text else 4], text.partition("%")[0])
    except (OSError, ValueError):  # ValueError: a NUL or a surrogate in it
        return None
    return address.removeprefix(_MAPPED)
