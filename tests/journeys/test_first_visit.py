"""What a first visit costs, and that nothing moves under the reader's eyes while it arrives."""

import re

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.journeys.browsing import DESKTOP, PHONE, visiting
from tests.journeys.conftest import STORY, image_make, petition_publish
from tests.site import Site
from tests.waiting import until
from undersign.web.models import Branding, OrganisationPage, PetitionPage

REQUESTS = 8
BYTES = 100_000  # over the wire, without pictures
LATE = 700  # milliseconds that fonts and pictures keep a reader waiting


@pytest.fixture(scope="module")
def pictured(journey: Site) -> PetitionPage:
    """A petition with a logo, a photo and a picture at the beginning of its story."""
    parent = OrganisationPage.objects.get(language="en")
    logo = image_make("logo", width=960, height=192)
    Branding.objects.create(organisation=parent.organisation, accent="#0b5d3b", logo=logo)
    salmon = image_make("salmon", width=1600, height=900)
    salmon.contextual_alt_text, salmon.decorative = "A salmon", False
    page = petition_publish(
        parent,
        slug="pictured",
        photo=image_make("weir", width=1600, height=1000),
        story=[("image", {"image": salmon, "caption": ""}), *STORY],
    )
    until(lambda: journey.get(f"/p/{page.slug}/").status == 200 or None)
    return page


def test_a_page_full_of_pictures_is_light_and_asks_for_little(
    browser: Browser, journey: Site, pictured: PetitionPage
) -> None:
    with visiting(browser, journey, viewport=DESKTOP) as visit:
        visit.page.clock.install()
        visit.weight.watch(visit.page)
        visit.open(f"/p/{pictured.slug}/")
        for alt in ("Free Rivers", "A weir", "A salmon"):
            expect(visit.page.get_by_alt_text(alt, exact=True)).to_have_js_property("complete", value=True)
        assert not any(address.endswith("count.json") for address in visit.weight.transfers)
        visit.page.clock.fast_forward(6_000)
        visit.page.wait_for_load_state("networkidle")
        at_first = [address for address in visit.weight.transfers if not address.endswith("count.json")]
        assert len(at_first) == REQUESTS, str(visit.weight)
        assert sum(visit.weight.without_pictures().values()) <= BYTES, str(visit.weight)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_moves_when_fonts_and_pictures_come_late(
    browser: Browser, journey: Site, pictured: PetitionPage, viewport: dict[str, int]
) -> None:
    with visiting(browser, journey, viewport=viewport) as visit:
        late: list[str] = []

        def hold_back(route: Route) -> None:
            late.append(route.request.resource_type)
            visit.page.wait_for_timeout(LATE)
            route.continue_()

        visit.page.route(re.compile(r"/(media|fonts)/"), hold_back)
        visit.open(f"/p/{pictured.slug}/")
        visit.stays_put()
        assert {"font", "image"} == set(late)
