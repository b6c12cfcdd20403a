"""Bob at his desk: a petition that opens by the clock, one in two languages, and somebody who joins."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from procrastinate.exceptions import AlreadyEnqueued
from wagtail.models import Revision

from tests.browsers import page_opened
from tests.journeys.browsing import DESKTOP
from tests.journeys.conftest import Visitor, link_in, petition_publish
from tests.messaging.servers import Server
from tests.site import Site
from tests.waiting import until
from tests.web.walls.conftest import Campaign, campaign_begin
from undersign.web.models import PetitionPage
from undersign.web.tasks import publish_scheduled_pages

PASSWORD = "quiet river stones 47"


@pytest.fixture(scope="module")
def rivers(journey: Site) -> Campaign:
    """Free Rivers and its people; Bob has a password."""
    campaign = campaign_begin("rivers")
    campaign.organiser.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt")
    campaign.organiser.save()
    return campaign


@contextmanager
def at_work(browser: Browser, site: Site, email: str, password: str = PASSWORD) -> Iterator[Page]:
    """Log in as somebody and give the page that they see first."""
    with page_opened(browser, viewport=DESKTOP) as page:
        page.goto(f"{site.url}/admin/")
        log_in(page, email, password)
        yield page


def log_in(page: Page, email: str, password: str) -> None:
    page.locator("#id_username").fill(email)
    page.locator("#id_password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#id_username")).to_have_count(0)


def publish_by_menu(page: Page, label: str) -> None:
    """Open the menu beside “Save draft” and choose what makes the page public."""
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name=label, exact=True).click()


def the_time_comes(revision: Revision, past: datetime) -> None:
    """Move the time at which a page goes live, in the three places where Wagtail keeps it."""
    revision.content["go_live_at"] = past.isoformat()
    revision.approved_go_live_at = past
    revision.save()
    PetitionPage.objects.filter(pk=revision.object_id).update(go_live_at=past)


def test_a_scheduled_petition_is_opened_by_the_worker(
    browser: Browser, journey: Site, rivers: Campaign
) -> None:
    path = f"/p/{rivers.petition.slug}/"
    tomorrow = timezone.now() + timedelta(days=1)
    with at_work(browser, journey, rivers.organiser.email) as page:
        page.goto(f"{journey.url}/admin/pages/{rivers.petition.pk}/edit/")
        page.get_by_role("button", name="Toggle status").click()
        page.get_by_role("button", name="Set schedule").click()
        page.locator("#id_go_live_at").fill(tomorrow.strftime("%Y-%m-%d %H:%M"))
        calendar = page.locator(".xdsoft_datetimepicker").filter(visible=True)
        expect(calendar).to_have_count(1)
        page.get_by_role("heading", name="Set publishing schedule").click()
        expect(calendar).to_have_count(0)  # it lay over the button
        page.get_by_role("button", name="Save schedule").click()
        expect(page.get_by_text("Once scheduled:").first).to_be_visible()
        publish_by_menu(page, "Schedule to publish")
        expect(page.get_by_text("has been scheduled")).to_be_visible()
    assert journey.get(path).status == 404

    revision = rivers.petition.revisions.get(approved_go_live_at__date=tomorrow.date())
    the_time_comes(revision, timezone.now() - timedelta(minutes=1))
    with suppress(AlreadyEnqueued):  # the clock struck the minute just now: it waits already
        publish_scheduled_pages.defer(timestamp=0)
    until(lambda: journey.get(path).status == 200 or None)


def test_a_petition_gets_a_german_page_and_keeps_one_count(
    browser: Browser, journey: Site, rivers: Campaign, mail_server: Server
) -> None:
    english = petition_publish(rivers.home, slug="in-two-languages")
    german_path = f"/de/p/{english.slug}/"
    with at_work(browser, journey, rivers.organiser.email) as page:
        page.goto(f"{journey.url}/admin/pages/{english.pk}/edit/")
        page.get_by_role("button", name="Actions", exact=True).click()
        page.get_by_role("link", name="Translate").click()
        page.get_by_label("German").check()
        page.get_by_role("button", name="Create the draft").click()
        expect(page.get_by_text("Draft made: German.")).to_be_visible()
        page.get_by_role("textbox", name="Title").first.fill("Öffnet das Wehr")
        publish_by_menu(page, "Publish")
        expect(page.get_by_text("has been published")).to_be_visible()
    until(lambda: "Öffnet das Wehr" in journey.get(german_path).text or None)
    until(lambda: journey.post(german_path, {}).status in {409, 422} or None)
    dora = Visitor(journey, german_path, "dora@people.example")
    assert dora.sign().status == 303
    assert journey.post(link_in(mail_server, dora.email), {}).status == 303
    for path in (german_path, f"/p/{english.slug}/"):
        until(lambda path=path: count_on(journey, path) == 1 or None)


def count_on(site: Site, path: str) -> int:
    """Give the number that a page's script is told."""
    count: int = json.loads(site.get(f"{path}count.json").body)["count"]
    return count


def test_an_invited_member_chooses_a_password_and_has_only_their_role(
    browser: Browser, journey: Site, rivers: Campaign, mail_server: Server
) -> None:
    with at_work(browser, journey, rivers.organiser.email) as page:
        page.goto(f"{journey.url}/admin/organisations/{rivers.organisation.pk}/members/")
        page.locator("#id_email").fill("Carol@People.example")
        page.locator("#id_role").select_option("editor")
        page.get_by_role("button", name="Send the invitation").click()
        page.wait_for_load_state("networkidle")
    link = invitation_to(mail_server, "carol@people.example")

    with page_opened(browser, viewport=DESKTOP) as carol:
        carol.goto(link)
        expect(carol.get_by_role("heading", name="Choose your password")).to_be_visible()
        carol.locator("#id_new_password1").fill(PASSWORD)
        carol.locator("#id_new_password2").fill(PASSWORD)
        carol.get_by_role("button", name="Save the password").click()
        expect(carol.get_by_role("heading", name="Your password is saved")).to_be_visible()
        carol.goto(link)
        expect(carol.get_by_role("heading", name="This link no longer works")).to_be_visible()

    with at_work(browser, journey, "carol@people.example") as carol:
        expect(carol.get_by_role("link", name="Organisation")).to_have_count(0)
        carol.goto(f"{journey.url}/admin/pages/{rivers.petition.pk}/edit/")
        expect(carol.get_by_role("button", name="Save draft")).to_be_visible()
        expect(carol.get_by_role("button", name="More actions")).to_have_count(0)  # nothing to publish with
        answer = carol.goto(f"{journey.url}/admin/organisations/{rivers.organisation.pk}/members/")
        assert answer is not None
        assert answer.status == 404
    account = User.objects.get(username="carol@people.example")
    assert [each.role for each in account.memberships.all()] == ["editor"]


def invitation_to(server: Server, address: str) -> str:
    """Wait for the mail that invites and give its link."""

    def found() -> str | None:
        for recipient, message in zip(server.recipients, server.messages, strict=False):  # more may come
            if recipient.lower() == address:
                body = message.get_body(("plain",))
                assert body is not None
                return re.findall(r"http://\S+/admin/\S+", body.get_content())[0]
        return None

    return until(found)
