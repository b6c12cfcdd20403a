"""Mo sees an attack, takes it off with a few clicks, and puts it back; everybody can read that he did."""

from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db.models.expressions import RawSQL
from playwright.sync_api import Browser, Page, expect

from tests.delivery.conftest import People
from tests.journeys.browsing import DESKTOP, PHONE
from tests.journeys.test_behind_the_scenes import PASSWORD, at_work
from tests.site import Site
from tests.waiting import until
from tests.web.walls.conftest import campaign_begin
from undersign.campaigns.queries import current_texts
from undersign.foundation.keys import load_keys
from undersign.signing.models import Signature

AXE = "axe.run('main', {resultTypes: ['violations']})"
# Fields of the filter that are wider than their column and so lie over their neighbours.
SPILT = """() => [...document.querySelectorAll(".review-filter .w-field__wrapper")]
  .filter((column) => column.scrollWidth > column.clientWidth)
  .map((column) => column.textContent.trim())"""
WORKER_PATIENCE = 60_000  # milliseconds


@pytest.fixture(scope="module")
def attacked(journey: Site) -> People:
    """A petition with honest signers and six from one network."""
    campaign = campaign_begin("weir")
    for user in (campaign.moderator, campaign.organiser):
        user.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt")
        user.save()
    campaign.petition.save_revision().publish()
    petition = campaign.petition.petition
    people = People(
        organisation=campaign.organisation,
        organiser=campaign.organiser,
        editor=campaign.editor,
        moderator=campaign.moderator,
        petition=petition,
        text=current_texts([petition.pk]).get(),
        asks=[],
        ring=load_keys(Path(journey.environment["UNDERSIGN_KEYS_FILE"])),
    )
    for number in range(14):
        network = "192.0.2.0/24" if number < 6 else f"198.51.{number}.0/24"
        signature = people.sign("Bot" if number < 6 else "Alice Ames")
        Signature.objects.filter(pk=signature.pk).update(network=RawSQL("%s::inet", [network]))
    return people


def complaints(page: Page) -> list[str]:
    """Give what axe finds wrong in what we added and what is too wide, by day and night, on two screens."""
    found = []
    expect(page.locator("main")).to_be_visible()  # the page that a click led to, not the one before it
    page.wait_for_load_state()
    page.evaluate(AXE_SCRIPT)
    for scheme, size in (("light", DESKTOP), ("dark", DESKTOP), ("light", PHONE)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        violations = page.evaluate(AXE)["violations"]
        found += [f"{scheme}: {each['id']} {node['html']}" for each in violations for node in each["nodes"]]
        found += [f"{size['width']} pixels: {label} is too wide" for label in page.evaluate(SPILT)]
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    return found


def test_an_attack_is_seen_removed_told_and_put_back(
    browser: Browser, journey: Site, attacked: People
) -> None:
    slug, pk = attacked.petition.slug, attacked.petition.pk
    with at_work(browser, journey, attacked.moderator.email) as page:
        page.goto(f"{journey.url}/admin/petitions/{pk}/signatures/")
        expect(page.locator("figcaption")).to_contain_text("14 signatures chosen")
        assert complaints(page) == []
        page.get_by_role("link", name="192.0.2.0/24").click()
        expect(page.locator("figcaption")).to_contain_text("6 signatures chosen")
        page.get_by_role("link", name="See what a removal would take").click()
        expect(page.locator("#id_reason")).to_be_visible()
        assert complaints(page) == []
        page.locator("#id_reason").select_option("network")
        page.get_by_role("button", name="Remove 6 signatures").click()
        undo = page.get_by_role("button", name="Undo this removal")
        expect(undo).to_be_visible(timeout=WORKER_PATIENCE)
        assert complaints(page) == []
        until(lambda: "6 signatures were removed" in journey.get(f"/p/{slug}/").text)
        told = journey.get(f"/p/{slug}/versions/").text
        assert "they came from one network within a short time" in told
        undo.click()
        expect(page.locator("main p[role=status]")).to_contain_text("put back", timeout=WORKER_PATIENCE)
        until(lambda: "6 of them were put back" in journey.get(f"/p/{slug}/versions/").text)
    assert Signature.objects.filter(petition=pk, state="confirmed").count() == 14


def test_names_are_searched_by_the_worker(browser: Browser, journey: Site, attacked: People) -> None:
    with at_work(browser, journey, attacked.moderator.email) as page:
        page.goto(f"{journey.url}/admin/petitions/{attacked.petition.pk}/signatures/")
        page.locator("#id_pattern").fill("Bot")
        page.locator("#id_why").fill("a tip")
        page.get_by_role("button", name="Search names").click()
        expect(page.locator("main")).to_contain_text("6 of 14 names are like “Bot”", timeout=WORKER_PATIENCE)
        assert complaints(page) == []
