"""Bob at his desk: somebody joins, with one role."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browsing import DESKTOP
from tests.messaging.servers import Server
from tests.site import Site
from tests.waiting import until
from tests.web.walls.conftest import Campaign, campaign_begin

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
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    page.goto(f"{site.url}/admin/")
    log_in(page, email, password)
    yield page
    context.close()


def log_in(page: Page, email: str, password: str) -> None:
    page.locator("#id_username").fill(email)
    page.locator("#id_password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#id_username")).to_have_count(0)


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

    context = browser.new_context(viewport=DESKTOP)
    carol = context.new_page()
    carol.goto(link)
    carol.locator("#id_new_password1").fill(PASSWORD)
    carol.locator("#id_new_password2").fill(PASSWORD)
    carol.keyboard.press("Enter")
    carol.wait_for_load_state("networkidle")
    context.close()

    with at_work(browser, journey, "carol@people.example") as carol:
        expect(carol.get_by_role("link", name="Organisation")).to_have_count(0)
        answer = carol.goto(f"{journey.url}/admin/organisations/{rivers.organisation.pk}/members/")
        assert answer is not None
        assert answer.status == 404
    account = User.objects.get(username="carol@people.example")
    assert [each.role for each in account.memberships.all()] == ["editor"]


def invitation_to(server: Server, address: str) -> str:
    """Wait for the mail that invites and give its link."""

    def found() -> str | None:
        for recipient, message in zip(server.recipients, server.messages, strict=True):
            if recipient.lower() == address:
                body = message.get_body(("plain",))
                assert body is not None
                return re.findall(r"http://\S+/admin/\S+", body.get_content())[0]
        return None

    return until(found)
