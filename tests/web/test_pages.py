"""The pages around the petitions, and what they say."""

from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client

from tests.web.campaigns import in_german, organisation, publish
from undersign.web.models import Branding, OrganisationPage
from undersign.web.themes import theme_path

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def rivers(db: None) -> OrganisationPage:
    """Free Rivers, who campaign in English."""
    return organisation("rivers", "Free Rivers", intro="<p>We open weirs.</p>")


def test_an_instance_without_petitions_says_what_will_be_there(client: Client, db: None) -> None:
    home = client.get("/")
    assert home.status_code == 200
    assert "No petition is published yet" in home.content.decode()


def test_a_single_organisation_owns_the_home_page(client: Client, rivers: OrganisationPage) -> None:
    publish(rivers, "Open the weir", "open-the-weir")
    home = client.get("/").content.decode()
    assert "<h1>Free Rivers</h1>" in home
    assert "We open weirs." in home
    assert '<a href="/p/open-the-weir/">' in home
    assert client.get("/o/rivers/").content.decode().count("Be the first to sign") == 1
    assert client.get("/o/nobody/").status_code == 404


def test_several_organisations_share_the_home_page_and_are_named(
    client: Client, rivers: OrganisationPage
) -> None:
    publish(rivers, "Open the weir", "open-the-weir")
    publish(organisation("mills", "Old Mills"), "Keep the mill", "keep-the-mill")
    home = client.get("/").content.decode()
    assert "<h1>Petitions</h1>" in home
    assert "Old Mills" in home
    assert "Free Rivers" in home
    assert "Keep the mill" not in client.get("/o/rivers/").content.decode()


def test_a_home_page_lists_what_its_language_has(client: Client, rivers: OrganisationPage) -> None:
    in_german(publish(rivers, "Open the weir", "open-the-weir"), "Öffnet das Wehr")
    publish(rivers, "Only in English", "only-in-english")
    german = client.get("/de/").content.decode()
    assert "Only in English" not in german
    assert '<a href="/de/p/open-the-weir/">' in german
    assert "Only in English" in client.get("/").content.decode()
    assert 'dir="rtl"' in client.get("/ar/").content.decode()
    assert client.get("/ar/o/rivers/").status_code == 404


def test_the_feed_names_each_petition_with_its_ask(client: Client, rivers: OrganisationPage) -> None:
    in_german(publish(rivers, "Open <the> weir", "open-the-weir", ask="Open it & soon."), "Öffnet das Wehr")
    feed = client.get("/o/rivers/feed.xml")
    assert feed.headers["content-type"].startswith("application/atom+xml")
    entry = ElementTree.fromstring(feed.content).find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == "Open <the> weir"
    assert entry.findtext(f"{ATOM}summary") == "Open it & soon."
    assert entry.findtext(f"{ATOM}id") == f"{settings.BASE_URL}/p/open-the-weir/"
    assert "Öffnet das Wehr" in client.get("/de/o/rivers/feed.xml").content.decode()


def test_the_site_map_knows_every_page_in_every_language(client: Client, rivers: OrganisationPage) -> None:
    in_german(publish(rivers, "Open the weir", "open-the-weir"), "Öffnet das Wehr")
    site_map = client.get("/sitemap.xml")
    places = [each.text for each in ElementTree.fromstring(site_map.content).iter(f"{MAP}loc")]
    paths = ["/", "/o/rivers/", "/p/open-the-weir/", "/de/", "/de/o/rivers/", "/de/p/open-the-weir/"]
    assert sorted(places) == sorted(settings.BASE_URL + path for path in paths)
    assert site_map.content.decode().count('hreflang="de"') == 6
    robots = client.get("/robots.txt").content.decode()
    assert f"Sitemap: {settings.BASE_URL}/sitemap.xml" in robots
    assert "Disallow: /de/p/*/names/" in robots


def test_colours_have_an_address_for_ever_but_only_those_in_use(
    client: Client, rivers: OrganisationPage
) -> None:
    publish(rivers, "Open the weir", "open-the-weir")
    Branding.objects.create(organisation=rivers.organisation, accent="#0B5D3B")
    address = theme_path("#0b5d3b")
    assert address in client.get("/p/open-the-weir/").content.decode()
    css = client.get(address)
    assert css.headers["content-type"] == "text/css; charset=utf-8"
    assert 'url("/static/undersign/fonts/atkinson-latin' in css.content.decode()
    assert client.get(theme_path("#123456")).status_code == 404
    assert client.get("/theme/0b5d3b.css").status_code == 404


def test_the_code_on_paper_leads_to_the_petition(client: Client, rivers: OrganisationPage) -> None:
    publish(rivers, "Open the weir", "open-the-weir")
    code = client.get("/p/open-the-weir/qr.svg")
    assert code.headers["content-type"] == "image/svg+xml"
    assert ElementTree.fromstring(code.content).tag == "{http://www.w3.org/2000/svg}svg"
    assert client.get("/p/no-such/qr.svg").status_code == 404


def test_a_missing_page_is_missed_in_the_language_of_its_address(client: Client, db: None) -> None:
    for path, words in (
        ("/p/no-such/", "Nothing is at this address"),
        ("/de/p/no-such/", 'lang="de"'),
        ("/wp-login.php", "Nothing is at this address"),
        ("/de/wp-login.php", 'href="/de/"'),
        ("/ar/o/no-such/", 'dir="rtl"'),
    ):
        answer = client.get(path)
        assert (answer.status_code, words in answer.content.decode()) == (404, True), path
