"""From the form to the list in a real browser: with a mouse, by keyboard alone, and without JavaScript."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browsing import DESKTOP, PHONE, visiting
from tests.journeys.conftest import Visitor, link_in
from tests.messaging.servers import Server
from tests.site import Site
from tests.waiting import until
from undersign.campaigns.services import (
    petition_close,
    petition_declare_lost,
    petition_declare_won,
    petition_pause_signing,
    petition_resume_signing,
)
from undersign.web.models import PetitionPage


def fill_in(page: Page, email: str) -> None:
    """Fill in the form as Alice does."""
    page.get_by_label("Your name").fill("Alice Ames")
    page.get_by_label("Full name").check()
    page.get_by_label("Your e-mail").fill(email)
    page.get_by_label("No", exact=True).check()


def somebody_signs(site: Site, visitor: Visitor, server: Server, name: str) -> None:
    """Let somebody else be counted meanwhile."""
    address = f"{name}-{visitor.email}"
    assert visitor.sign(name=f"{name.title()} Brook", email=address).status == 303
    assert site.post(link_in(server, address), {}).status == 303


def test_with_a_mouse_at_a_desk(
    browser: Browser, journey: Site, visitor: Visitor, mail_server: Server, weir: PetitionPage
) -> None:
    with visiting(browser, journey, viewport=DESKTOP, permissions=["clipboard-write"]) as visit:
        page = visit.page
        page.clock.install()
        visit.open(visitor.path)

        somebody_signs(journey, visitor, mail_server, "rill")
        until(lambda: "Rill Brook" in journey.get(visitor.path).text)
        until(lambda: page.clock.fast_forward(13_000) or page.locator(".card .count__number").all())
        expect(page.locator(".card .count__number")).to_have_text("1")
        expect(page.locator("[data-live=names]")).to_contain_text("Rill Brook")
        visit.stays_put()

        page.get_by_label("Your name").click()
        page.keyboard.type("Alice Ames")
        expect(page.locator("[data-letter-name]")).to_have_text("Alice Ames")
        page.get_by_text("First name and initial").click()
        page.get_by_role("button", name="Sign the petition").click()
        expect(page.get_by_label("Your e-mail")).to_be_focused()
        expect(page.locator("#email-error")).to_be_visible()
        page.keyboard.type(visitor.email)
        page.get_by_text("Yes", exact=True).click()
        page.get_by_role("button", name="Sign the petition").click()

        page.wait_for_url("**/inbox/*")
        expect(page.get_by_text(f"We sent it to {visitor.email}")).to_be_visible()
        visit.stays_put()
        visit.open(link_in(mail_server, visitor.email))
        visit.stays_put()
        page.get_by_role("button", name="Confirm my signature").click()
        page.wait_for_url("**/thanks/")
        visit.stays_put()
        copy = page.locator("[data-share-copy]")
        copy.dblclick()
        expect(page.locator("[data-share-status]")).to_have_text("Copied")
        expect(copy).to_have_text("Copy link")
        page.get_by_text("Mastodon", exact=True).click()
        expect(page.get_by_label("Where is your account?")).to_be_visible()

        until(lambda: "Alice A." in journey.get(visitor.path).text)
        page.get_by_role("link", name="Open the weir").click()
        expect(page.locator(".card .count__number")).to_have_text("2")
        expect(page.locator("#names-title + div")).to_contain_text("Alice A.")
        page.get_by_role("link", name="Read all the names").click()
        expect(page.locator(".people")).to_contain_text("Alice A.")
        expect(page.locator(".people")).not_to_contain_text("Ames")
        visit.stays_put()


def test_by_keyboard_alone_on_a_phone(
    browser: Browser, journey: Site, visitor: Visitor, mail_server: Server, weir: PetitionPage
) -> None:
    with visiting(browser, journey, viewport=PHONE) as visit:
        page, keys = visit.page, visit.page.keyboard
        visit.open(visitor.path)
        keys.press("Tab")
        expect(page.get_by_text("Skip to the content")).to_be_in_viewport()
        keys.press("Enter")
        visit.tab_to("#name")
        keys.type("12345")
        visit.tab_to("#display_full")
        keys.press("Space")
        visit.tab_to("#email")
        keys.type(visitor.email)
        visit.tab_to("input[name^=consent_]")
        keys.press("Space")
        visit.tab_to("button[type=submit]")
        keys.press("Enter")

        expect(page.locator("#errors")).to_be_focused()
        assert page.title().startswith("Please check:")
        expect(page.locator("#email")).to_have_value(visitor.email)
        visit.tab_to("#errors a")
        keys.press("Enter")
        expect(page.locator("#name")).to_be_focused()
        for _digit in "12345":
            keys.press("Backspace")
        keys.type("Alice Ames")
        visit.tab_to("button[type=submit]")
        keys.press("Enter")

        page.wait_for_url("**/inbox/*")
        visit.tab_to("form button")
        visit.open(link_in(mail_server, visitor.email))
        visit.tab_to("form button")
        keys.press("Enter")
        page.wait_for_url("**/thanks/")
        visit.tab_to(".share__mastodon summary")
        keys.press("Enter")
        visit.tab_to("#mastodon")
        visit.tab_to(".share__qr summary")
        keys.press("Space")
        expect(page.get_by_alt_text("QR code")).to_be_visible()
        until(lambda: "Alice Ames" in journey.get(visitor.path).text)
        visit.open(visitor.path)
        visit.tab_to("a.more")
        keys.press("Enter")
        expect(page.locator(".people")).to_contain_text("Alice Ames")


def test_without_javascript(
    browser: Browser, journey: Site, visitor: Visitor, mail_server: Server, weir: PetitionPage
) -> None:
    with visiting(browser, journey, viewport=PHONE, java_script_enabled=False) as visit:
        page = visit.page
        visit.open(f"{visitor.path}?source=leaflet")
        fill_in(page, visitor.email)
        page.get_by_label("Your name").fill("12345")
        page.get_by_role("button", name="Sign the petition").click()
        expect(page.locator("#errors")).to_be_focused()
        expect(page.get_by_label("Your e-mail")).to_have_value(visitor.email)
        page.get_by_label("Your name").fill("Alice Ames")
        page.get_by_role("button", name="Sign the petition").click()
        page.wait_for_url("**/inbox/*")
        page.get_by_role("button", name="Send it again").click()
        expect(page.get_by_text("We sent it again")).to_be_visible()
        visit.open(link_in(mail_server, visitor.email))
        page.get_by_role("button", name="Confirm my signature").click()
        page.wait_for_url("**/thanks/")
        for way in ("E-mail", "WhatsApp", "Telegram", "Facebook", "X", "Bluesky"):
            expect(page.get_by_role("link", name=way, exact=True)).to_be_visible()
        expect(page.get_by_label("Link to this petition")).to_have_value(re.compile(visitor.path))
        until(lambda: "Alice Ames" in journey.get(f"{visitor.path}names/").text)
        visit.open(f"{visitor.path}names/")
        expect(page.locator(".people")).to_contain_text("Alice Ames")


@pytest.mark.parametrize("is_scripted", [True, False], ids=["scripts", "plain"])
def test_a_form_that_could_not_be_taken_is_sent_again_by_one_button(
    browser: Browser,
    journey: Site,
    visitor: Visitor,
    mail_server: Server,
    weir: PetitionPage,
    is_scripted: bool,
) -> None:
    with visiting(browser, journey, viewport=PHONE, java_script_enabled=is_scripted) as visit:
        page = visit.page
        visit.open(visitor.path)
        fill_in(page, visitor.email)
        petition_pause_signing(petition=weir.petition, by=None, at=timezone.now())
        until(lambda: journey.post(visitor.path, {}).status == 503)
        page.get_by_role("button", name="Sign the petition").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Please try again")
        assert page.locator("input[name=email]").get_attribute("value") == visitor.email
        page.get_by_role("button", name="Try again").click()
        assert page.locator("input[name=name]").get_attribute("value") == "Alice Ames"
        petition_resume_signing(petition=weir.petition, by=None, at=timezone.now())
        until(lambda: journey.post(visitor.path, {}).status != 503)
        page.get_by_role("button", name="Try again").click()
        page.wait_for_url("**/inbox/*")
        assert "/confirm/" in link_in(mail_server, visitor.email)


@pytest.mark.parametrize("is_scripted", [True, False], ids=["scripts", "plain"])
def test_what_came_too_late_is_there_to_be_copied(
    browser: Browser, journey: Site, visitor: Visitor, weir: PetitionPage, is_scripted: bool
) -> None:
    with visiting(browser, journey, viewport=PHONE, java_script_enabled=is_scripted) as visit:
        page = visit.page
        visit.open(visitor.path)
        fill_in(page, visitor.email)
        petition_close(petition=weir.petition, by=None, at=timezone.now())
        until(lambda: "Signing has ended" in journey.post(visitor.path, {}).text)
        page.get_by_role("button", name="Sign the petition").click()
        expect(page.get_by_role("heading", name="Your signature was not sent")).to_be_in_viewport()
        expect(page.locator("#errors")).to_be_focused()
        expect(page.get_by_role("definition")).to_have_text(["Alice Ames", visitor.email])
        assert page.title().startswith("Not sent:")


def test_a_petition_that_has_ended_looks_like_it(
    browser: Browser, journey: Site, visitor: Visitor, weir: PetitionPage
) -> None:
    ends = (
        (petition_close, "Closed", "Signing has ended"),
        (petition_declare_won, "Won", "You did this"),
        (petition_declare_lost, "Not won", "The answer was no"),
    )
    with visiting(browser, journey, viewport=PHONE) as visit:
        for end, standing, words in ends:
            end(petition=weir.petition, by=None, at=timezone.now())
            until(lambda words=words: words in journey.get(visitor.path).text)
            visit.open(f"{visitor.path}?source={end.__name__}")  # the browser keeps each address for a while
            expect(visit.page.locator(".standing strong")).to_have_text(standing)
            expect(visit.page.get_by_role("heading", name=words)).to_be_visible()
            expect(visit.page.locator("form[data-sign-form]")).to_have_count(0)
            visit.stays_put()
