"""Sharing on Mastodon: a link to where somebody is at home, and to nowhere else."""

from urllib.parse import quote_plus

import pytest
from django.conf import settings
from django.test import Client

from tests.web.campaigns import organisation, publish
from undersign.web.views.sharing import instance_host

ADDRESS = "/p/open-the-weir/share/mastodon"


@pytest.fixture
def weir(db: None) -> None:
    publish(organisation("rivers", "Free Rivers"), "Open the weir", "open-the-weir")


def test_alice_says_where_her_account_is_and_gets_a_link_there(client: Client, weir: None) -> None:
    assert 'name="instance"' in client.get(ADDRESS).content.decode()
    answer = client.get(ADDRESS, {"instance": "@alice@Mastodon.Social"})
    message = quote_plus(f"Open the weir {settings.BASE_URL}/p/open-the-weir/?source=mastodon")
    assert answer.status_code == 200
    assert f'href="https://mastodon.social/share?text={message}"' in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert client.post(ADDRESS, {"instance": "mastodon.social"}).status_code == 405


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("mastodon.social", "mastodon.social"),
        (" https://Social.Example/ ", "social.example"),
        ("@alice@social.example", "social.example"),
        ("bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_people_may_write_their_server_as_they_know_it(typed: str, host: str) -> None:
    assert instance_host(typed) == host


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "social.example:8443",
        "social.example/../evil",
        "social.example?x=",
        "social.example#x",
        "javascript:alert(1)",
        "//evil.example",
        "http://evil.example",
        "social.example\\@evil",
        "social..example",
        "-x.example",
        "a" * 64 + ".example",
        "x." * 127 + "example",
        '"><script>.example',
        "social\0.example",
        "social .example",
    ],
)
def test_mallory_makes_no_link_of_what_is_no_server(typed: str) -> None:
    assert instance_host(typed) == ""


def test_what_is_no_server_is_said_and_kept(client: Client, weir: None) -> None:
    page = client.get(ADDRESS, {"instance": '"><script>alert(1)</script>'}).content.decode()
    assert "That is not the name of a Mastodon server" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
