"""What every answer has over real HTTP: headers, caching, packed files."""

import gzip

import psycopg
import pytest
from django.db import connections

from tests.database import TestDatabase, execute
from tests.site import Answer, Site
from tests.waiting import until
from tests.web.campaigns import organisation, publish
from undersign.web.headers import PUBLIC_HEADERS
from undersign.web.models import Branding, OrganisationPage
from undersign.web.themes import theme_path

# Addresses with which Mallory looks for what lies beside the files, and for what directories hold.
OUTSIDE = (
    "/static/",
    "/static/undersign/",
    "/static/../keys.json",
    "/static/%2e%2e/keys.json",
    "/static/..%2fkeys.json",
    "/static/%2fetc%2fpasswd",
    "/static/%00",
    "/media/",
    "/media/../keys.json",
    "/media/documents/list.pdf",
)


@pytest.fixture
def rivers(transactional_db: None) -> OrganisationPage:
    """Free Rivers, who campaign in English."""
    return organisation("rivers", "Free Rivers", intro="<p>We open weirs.</p>")


def assert_guarded(answer: Answer) -> None:
    """Every public answer keeps to itself, whatever made it; some tell not even us where they were met."""
    found = {name: answer.headers.get(name.lower()) for name in PUBLIC_HEADERS}
    referrer = found["Referrer-Policy"]
    assert referrer in {"same-origin", "no-referrer"}
    assert found == {**PUBLIC_HEADERS, "Referrer-Policy": referrer}


def test_what_is_published_comes_onto_a_list_in_memory(site: Site, rivers: OrganisationPage) -> None:
    assert "Open the weir" not in site.get("/").text
    publish(rivers, "Open the weir", "open-the-weir")
    until(lambda: "Open the weir" in site.get("/").text)  # it would live for a minute


def test_every_kind_of_answer_is_guarded(site: Site, rivers: OrganisationPage) -> None:
    publish(rivers, "Open the weir", "open-the-weir")
    Branding.objects.create(organisation=rivers.organisation, accent="#0b5d3b")
    etag = site.get("/p/open-the-weir/").headers["etag"]
    unchanged = site.get("/p/open-the-weir/", {"If-None-Match": etag})
    assert unchanged.status == 304
    assert "content-type" not in unchanged.headers
    answers = [
        unchanged,
        site.get("/p/open-the-weir"),  # redirected to the slash
        site.get("/static/no-such.css"),
        site.get("/media/no-such.jpg"),
        site.request("PUT", "/p/open-the-weir/"),
        site.request("POST", "/p/open-the-weir/names/"),
        site.get("/p/open-the-weir/count.json"),
        site.get("/p/open-the-weir/names/"),
        site.get("/healthz"),
        site.get("/p/no-such/"),
        site.get("/de/wp-login.php"),
        site.get("/theme/no-such.css"),
        site.get("/robots.txt"),
        site.get("/o/rivers/feed.xml"),
    ]
    for answer in answers:
        assert_guarded(answer)
    css = site.get(theme_path("#0b5d3b"))
    assert css.headers["cache-control"] == "public, max-age=31536000, immutable"
    admin = site.get("/admin/login/")
    assert admin.headers["x-content-type-options"] == "nosniff"
    assert admin.headers["content-security-policy"] == "frame-ancestors 'self'"
    assert admin.headers["referrer-policy"] == "same-origin"


def test_static_files_are_packed_once_and_nothing_else_is_served(site: Site) -> None:
    address = next(
        part
        for part in site.get("/").text.split('"')
        if part.startswith("/static/") and part.endswith(".css")
    )
    plain = site.get(address)
    packed = site.get(address, {"Accept-Encoding": "gzip"})
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-type"] == plain.headers["content-type"] == "text/css; charset=utf-8"
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert packed.headers["etag"] != plain.headers["etag"]
    assert gzip.decompress(packed.body) == plain.body
    again = site.get(address, {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    refused = site.get(address, {"Accept-Encoding": "gzip;q=0"})
    assert "content-encoding" not in refused.headers
    unhashed = site.get("/static/undersign/css/undersign.css")
    assert unhashed.headers["cache-control"] == "no-cache"
    for path in OUTSIDE:
        assert site.get(path).status == 404, path


def test_metrics_are_for_neighbours_and_count_without_naming(site: Site, rivers: OrganisationPage) -> None:
    publish(rivers, "Open the weir", "open-the-weir")
    site.get("/p/open-the-weir/names/")
    metrics = site.get("/metrics")
    assert 'undersign_requests_total{route="names",status="2xx"} 1.0' in metrics.text
    assert "open-the-weir" not in metrics.text
    assert site.get("/metrics", {"X-Forwarded-For": "192.0.2.7"}).status == 403
    site.stop()
    site.environment["UNDERSIGN_METRICS_TOKEN"] = "a token"
    site.start()
    assert site.get("/metrics").status == 403
    assert site.get("/metrics", {"Authorization": "Bearer another"}).status == 403
    assert site.get("/metrics", {"Authorization": "Bearer a token"}).status == 200


def test_without_its_database_a_site_says_so_in_the_design(site: Site, test_database: TestDatabase) -> None:
    assert site.get("/").status == 200
    connections.close_all()
    with psycopg.connect(test_database.server_url, autocommit=True) as server:
        execute(server, "ALTER DATABASE {} ALLOW_CONNECTIONS false", test_database.name)
        server.execute(
            "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE datname = %s",
            [test_database.name],
        )
    assert site.get("/").status == 200  # from memory
    away = site.get("/p/open-the-weir/")
    assert away.status == 503
    assert away.headers["retry-after"] == "5"
    assert "The site is catching up" in away.text
    assert_guarded(away)
    broken = site.get("/p/open-the-weir/names/")
    assert broken.status == 500
    assert "Something broke on our side" in broken.text
    assert_guarded(broken)
