"""The nginx configuration that we ship, before a real site."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.conftest import Visitor, link_in
from tests.messaging.servers import Server
from tests.nginx import HOST, nginx_before
from tests.site import Site
from tests.waiting import until
from undersign.web.models import PetitionPage


@pytest.fixture(scope="module")
def proxied(journey: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with nginx_before([journey], tmp_path_factory.mktemp("nginx")) as site:
        yield site


def kept(directory: Path) -> str:
    """Tell the addresses of all pages in nginx's cache."""
    files = (file.read_bytes() for file in directory.rglob("*") if file.is_file())
    return " ".join(line.decode() for file in files for line in file.splitlines() if line.startswith(b"KEY:"))


def test_a_petition_is_signed_and_confirmed_through_it(
    proxied: Site, visitor: Visitor, weir: PetitionPage, mail_server: Server
) -> None:
    alice = Visitor(proxied, visitor.path, visitor.email)
    refused = alice.sign(name="")
    assert (refused.status, f'value="{alice.email}"' in refused.text) == (422, True)
    inbox = alice.sign().headers["location"]
    assert "open your mail" in proxied.get(inbox).text
    link = link_in(mail_server, alice.email).replace(visitor.site.url, "")
    assert proxied.post(link, {}).headers["location"].endswith("/thanks/")
    until(lambda: "Alice Ames" in proxied.get(alice.path).text)


def test_a_page_is_kept_whatever_follows_the_question_mark(proxied: Site, visitor: Visitor) -> None:
    plain, packed = {}, {"Accept-Encoding": "br, gzip;q=0.9"}
    for headers in (plain, packed):
        first = proxied.get(f"{visitor.path}?source=alice", headers)
        again = proxied.get(f"{visitor.path}?source=mallory", headers)
        assert first.headers["etag"] == again.headers["etag"]
        assert first.headers.get("content-encoding") == ("gzip" if headers else None)
        same = proxied.get(visitor.path, {**headers, "If-None-Match": first.headers["etag"]})
        assert (same.status, same.body) == (304, b"")


def test_nothing_private_is_kept(
    proxied: Site, visitor: Visitor, tmp_path_factory: pytest.TempPathFactory
) -> None:
    alice = Visitor(proxied, visitor.path, visitor.email)
    inbox = alice.sign().headers["location"]
    for path in (inbox, "/admin/login/", f"{visitor.path}names/", visitor.path, "/healthz"):
        assert proxied.get(path).status == 200
    cache = kept(next(tmp_path_factory.getbasetemp().glob("nginx*")) / "cache")
    assert f"{HOST}{visitor.path} " in f"{cache} "
    for private in (inbox, "/admin/", "/names/", "/healthz"):
        assert private not in cache


def test_the_numbers_are_not_shown_to_everybody(proxied: Site) -> None:
    assert proxied.get("/metrics").status == 404


def test_pages_outlive_every_web_node(proxied: Site, journey: Site, visitor: Visitor) -> None:
    alice = Visitor(proxied, visitor.path)
    form = alice.form()
    journey.stop()
    try:
        assert proxied.get(visitor.path).status == 200
        away = proxied.post(visitor.path, form)
        assert (away.status, away.headers["retry-after"]) == (502, "5")
        assert "what you typed is still there" in away.text
    finally:
        journey.start()
    until(lambda: proxied.post(visitor.path, form).status == 303)
