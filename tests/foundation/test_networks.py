from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersign.foundation.networks import PREFIXES, Proxies, client_network

PROXIES = Proxies(["10.0.0.0/8", "::1", "127.0.0.1", "2001:db8:ffff::/48"])


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "network"),
    [
        # Somebody who connects straight to us is who they are, whatever they claim.
        ("198.51.100.7", "", "198.51.100.0/24"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.0/24"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "", "198.51.100.0/24"),
        ("fe80::1%eth0", "", "fe80::/64"),
        # Behind a trusted proxy the nearest stranger counts.
        ("10.0.0.1", "203.0.113.9", "203.0.113.0/24"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.0/24"),
        ("::1", "2001:db8:1:2:3::9", "2001:db8:1:2::/64"),
        ("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.0/24"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.2, 2001:db8:ffff::3", "203.0.113.0/24"),
        # Mallory writes an address in front; our proxy writes hers behind it.
        ("10.0.0.1", "192.0.2.1, 203.0.113.9", "203.0.113.0/24"),
        ("10.0.0.1", "192.0.2.1, 203.0.113.9, 10.0.0.2", "203.0.113.0/24"),
        # Ports and brackets, as some proxies write them.
        ("10.0.0.1", "203.0.113.9:52001", "203.0.113.0/24"),
        ("10.0.0.1", "[2001:db8:1:2::9]:52001", "2001:db8:1:2::/64"),
        ("10.0.0.1", "[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        # Nothing usable: the last hop that is known.
        ("10.0.0.1", "", "10.0.0.0/24"),
        ("10.0.0.1", "unknown", "10.0.0.0/24"),
        ("10.0.0.1", "203.0.113.9, garbage", "10.0.0.0/24"),
        ("10.0.0.1", "203.0.113.9,", "10.0.0.0/24"),
        ("10.0.0.1", "10.0.1.2, 10.0.2.3", "10.0.1.0/24"),
        ("10.0.0.1", "::ffff:999.1.1.1", "10.0.0.0/24"),
        # Unix sockets have no address; whoever may connect runs here.
        ("", "203.0.113.9", "203.0.113.0/24"),
        (None, "203.0.113.9", "203.0.113.0/24"),
        (None, "", "127.0.0.0/24"),
        ("", "garbage", "127.0.0.0/24"),
        # A peer that is no address is nobody we trust.
        ("testclient", "203.0.113.9", "127.0.0.0/24"),
    ],
)
def test_the_network_of_a_client(peer: str | None, forwarded_for: str | None, network: str) -> None:
    assert client_network(peer, forwarded_for, PROXIES) == network


def test_without_trusted_proxies_no_header_is_believed() -> None:
    assert client_network("127.0.0.1", "203.0.113.9", Proxies()) == "127.0.0.0/24"


@given(address=st.ip_addresses())
def test_the_networks_are_those_of_the_standard_library(address: IPv4Address | IPv6Address) -> None:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    client = mapped or address
    expected = ip_network(f"{client}/{PREFIXES[client.version]}", strict=False)
    assert client_network(str(address), "", Proxies()) == str(expected)


@given(header=st.text(max_size=80) | st.lists(st.ip_addresses().map(str), max_size=40).map(",".join))
def test_no_header_moves_a_stranger_or_raises(header: str) -> None:
    assert client_network("198.51.100.7", header, PROXIES) == "198.51.100.0/24"
    assert client_network("10.0.0.1", header, PROXIES).endswith(("/24", "/64"))
    behind = client_network("10.0.0.1", f"{header}, 203.0.113.9", PROXIES)
    assert behind == "203.0.113.0/24", "what is written before the proxy's own entry changes nothing"


def test_an_endless_header_is_read_from_its_end_only() -> None:
    header = "192.0.2.1," * 100_000 + "203.0.113.9"
    assert client_network("10.0.0.1", header, PROXIES) == "203.0.113.0/24"
    assert client_network("10.0.0.1", "1." * 1_000_000, PROXIES) == "10.0.0.0/24"


def test_a_wrong_network_in_the_settings_is_named() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/99"):
        Proxies(["::1", "10.0.0.0/99"])
