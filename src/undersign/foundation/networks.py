"""The network a request comes from: what limits count by. A whole address is never kept."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import islice

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# What a provider gives to one customer: often one IPv4 address out of a /24, and a whole IPv6 /64.
PREFIXES = {4: 24, 6: 64}
_MOST_HOPS = 32
_LONGEST = 100  # an IPv6 address with zone, brackets and port has at most 70 characters
_HERE = IPv4Address("127.0.0.1")


def networks_from(texts: Iterable[str]) -> tuple[Network, ...]:
    """Read networks such as "10.0.0.0/8", "::1" or "192.0.2.7". Raises ValueError naming a wrong one."""
    return tuple(ip_network(text.strip(), strict=False) for text in texts)


def client_network(
    peer: str | None, forwarded_for: str | None, trusted_proxies: Sequence[Network]
) -> IPv4Network | IPv6Network:
    """Find the network (/24 or /64) of the client behind a connection.

    `peer` is the address at the other end, empty or None for a Unix socket. `forwarded_for` is the value of
    X-Forwarded-For; it is believed only when the peer is a trusted proxy (a Unix socket is: whoever may
    connect to it runs on this machine), and read from its right end, where our own proxies write, up to the
    first address that is no trusted proxy. What is not an address ends the reading; the last hop that is
    known then counts, so that made-up headers move nobody out of their own network.
    """
    here = _address(peer) if peer else None
    client = here or _HERE
    if not peer or (here and _is_trusted(here, trusted_proxies)):
        client = _first_stranger(client, forwarded_for or "", trusted_proxies)
    return _network_of(client.version, int(client) >> (client.max_prefixlen - PREFIXES[client.version]))


@lru_cache(maxsize=4096)
def _network_of(version: int, number: int) -> Network:
    """Make the network of which `number` are the leading bits. Cached by those, so no address is kept."""
    length = PREFIXES[version]
    if version == 4:
        return IPv4Network((number << (32 - length), length))
    return IPv6Network((number << (128 - length), length))


def _first_stranger(nearest: Address, forwarded_for: str, trusted_proxies: Sequence[Network]) -> Address:
    for hop in islice(reversed(forwarded_for.rsplit(",", _MOST_HOPS)), _MOST_HOPS):
        address = _address(hop)
        if address is None:
            return nearest
        nearest = address
        if not _is_trusted(address, trusted_proxies):
            return nearest
    return nearest


def _is_trusted(address: Address, trusted_proxies: Sequence[Network]) -> bool:
    return any(address in network for network in trusted_proxies)


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
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address
