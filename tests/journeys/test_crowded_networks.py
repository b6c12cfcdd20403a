"""Signing from a network that many forms come from: everybody gets through, and each takes a moment.

Two processes on one database: the first asks everybody for a proof, the second whoever is third in a minute.
"""

import html
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from altcha import solve_challenge
from playwright.sync_api import Browser, expect

from tests.database import TestDatabase
from tests.journeys.browsing import PHONE, visiting
from tests.journeys.conftest import Visitor
from tests.journeys.test_in_a_browser import fill_in
from tests.site import FORM, Answer, Site, site_make
from tests.waiting import until
from undersign.moderation.work import challenge_read, solution_encode
from undersign.signing.models import Attempt
from undersign.web.models import PetitionPage


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    return {"UNDERSIGN_NETWORK_PACE": "0", "UNDERSIGN_PROOF_NUMBERS": "20"}


@pytest.fixture(scope="module")
def other(
    journey: Site, test_database: TestDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Another process of the same instance."""
    shared = Path(os.environ["UNDERSIGN_TEST_DIR"])
    site = site_make(database_url=test_database.url, data_dir=tmp_path_factory.mktemp("other"), shared=shared)
    site.environment |= {"UNDERSIGN_NETWORK_PACE": "2", "UNDERSIGN_PROOF_NUMBERS": "20"}
    with site:
        yield site


def hidden(answer: Answer) -> dict[str, str]:
    """Give the fields that a page keeps."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text)
    return {name: html.unescape(value) for name, value in found}


def challenge_in(answer: Answer) -> str:
    found = re.search(r'data-moment-challenge value="([^"]+)"', answer.text)
    assert found, answer.text
    return html.unescape(found[1])


def proven(answer: Answer) -> dict[str, str]:
    """Solve the challenge of a page and give the whole form, as its script does."""
    challenge = challenge_in(answer)
    solution = solve_challenge(challenge_read(challenge))
    assert solution is not None
    payload = solution_encode(challenge, counter=solution.counter, derived_key=solution.derived_key)
    return {**hidden(answer), "altcha": payload}


def emails(page: PetitionPage) -> int:
    return Attempt.objects.filter(petition_id=page.petition_id).count()


def crowd(site: Site, visitor: Visitor) -> None:
    """Sign so often that proofs are demanded, also half a minute from now, when much of it is forgotten."""
    demands = 0
    for number in range(6):
        answer = Visitor(site, visitor.path, f"crowd{number}-{visitor.email}").sign()
        if answer.status == 200:
            demands += 1
            site.post(visitor.path, proven(answer))
    assert demands


def test_a_form_waits_for_its_proof_and_nothing_is_lost(
    journey: Site, visitor: Visitor, weir: PetitionPage
) -> None:
    asked = visitor.sign(name='Alice "<b>" Ames')
    assert asked.status == 200
    assert asked.headers["cache-control"] == "no-store"
    assert not emails(weir)
    form = proven(asked)
    assert form["name"] == 'Alice "<b>" Ames'
    assert form["email"] == visitor.email
    signed = journey.post(f"{visitor.path}?source=leaflet", form)
    assert (signed.status, emails(weir)) == (303, 1)
    assert "/inbox/" in signed.headers["location"]


def test_the_answer_is_the_same_to_a_new_a_repeated_and_a_trapped_form(
    journey: Site, visitor: Visitor, weir: PetitionPage
) -> None:
    fresh = visitor.sign()
    journey.post(visitor.path, proven(fresh))
    trapped = visitor.sign(reference="https://spam.example")
    repeated = visitor.sign()
    shapes = {re.sub(r'value="[^"]*"', "", asked.text) for asked in (fresh, repeated)}
    assert len(shapes) == 1
    assert [asked.status for asked in (fresh, repeated, trapped)] == [200, 200, 200]
    assert journey.post(visitor.path, proven(trapped)).status == 303
    assert Attempt.objects.filter(petition_id=weir.petition_id).exclude(held_reason="").count() == 1


def test_a_proof_is_used_once_in_all_processes(
    journey: Site, other: Site, visitor: Visitor, weir: PetitionPage
) -> None:
    until(lambda: other.post(visitor.path, {}).status in {409, 422})
    crowd(other, visitor)
    before = emails(weir)
    form = proven(visitor.sign())
    assert journey.post(visitor.path, form).status == 303
    for site in (journey, other, journey):
        again = site.post(visitor.path, {**form, "email": f"mallory-{visitor.email}"})
        assert again.status == 200
        assert challenge_in(again) != challenge_in(visitor.sign())
    assert emails(weir) == before + 1
    assert other.post(visitor.path, proven(again)).status == 303


def test_a_challenge_unsolved_or_none_at_all_opens_nothing(
    journey: Site, visitor: Visitor, weir: PetitionPage
) -> None:
    asked = visitor.sign()
    form = proven(asked)
    unsolved = solution_encode(challenge_in(asked), counter=0, derived_key="00" * 32)
    for payload in (unsolved, "nonsense", "", form["altcha"][:-9]):
        assert journey.post(visitor.path, {**form, "altcha": payload}).status == 200
    assert not emails(weir)


def test_the_other_address_of_an_inbox_page_needs_a_proof_too(
    journey: Site, visitor: Visitor, weir: PetitionPage
) -> None:
    inbox = journey.post(visitor.path, proven(visitor.sign())).headers["location"]
    asked = journey.post(inbox, {"email": f"right-{visitor.email}"})
    assert (asked.status, emails(weir)) == (200, 1)
    assert journey.post(inbox, proven(asked)).status == 303
    assert emails(weir) == 2


def test_a_forged_header_moves_nobody_out_of_a_crowded_network(other: Site, visitor: Visitor) -> None:
    until(lambda: other.post(visitor.path, {}).status in {409, 422})
    crowd(other, visitor)
    form = visitor.form()
    for address in ("203.0.113.9", "198.51.100.1, 10.0.0.1", "::1"):
        headers = {"Content-Type": FORM, "X-Forwarded-For": address, "Forwarded": f"for={address}"}
        answer = other.request("POST", visitor.path, headers=headers, body=urlencode(form).encode())
        assert answer.status == 200


def test_a_browser_proves_by_itself(browser: Browser, journey: Site, visitor: Visitor) -> None:
    with visiting(browser, journey, viewport=PHONE) as visit:
        visit.open(visitor.path)
        fill_in(visit.page, visitor.email)
        visit.page.locator("[data-sign-form] button").click()
        visit.page.wait_for_url("**/inbox/*")
        expect(visit.page.get_by_text(visitor.email)).to_be_visible()


def test_a_browser_whose_workers_fail_shows_the_button(
    browser: Browser, journey: Site, visitor: Visitor
) -> None:
    with visiting(browser, journey, viewport=PHONE) as visit:
        visit.page.route("**/proof*.js", lambda route: route.fulfill(status=200, body="throw 1"))
        visit.page.on("pageerror", lambda _error: None)
        visit.open(visitor.path)
        fill_in(visit.page, visitor.email)
        visit.page.locator("[data-sign-form] button").click()
        expect(visit.page.get_by_role("heading", name="One moment, please")).to_be_visible()
        expect(visit.page.get_by_role("button", name="Sign the petition")).to_be_visible()
        visit.faults.clear()  # what the test itself broke


def test_without_a_script_a_button_is_good_after_some_seconds(
    browser: Browser, other: Site, visitor: Visitor
) -> None:
    until(lambda: other.post(visitor.path, {}).status in {409, 422})
    crowd(other, visitor)
    with visiting(browser, other, viewport=PHONE, java_script_enabled=False) as visit:
        page = visit.page
        visit.open(visitor.path)
        fill_in(page, visitor.email)
        page.locator("[data-sign-form] button").click()
        expect(page.get_by_text(re.compile(r"^Wait \d+ seconds?, then press"))).to_be_visible()
        page.get_by_role("button", name="Sign the petition").click()
        expect(page.get_by_text("That was a little early")).to_be_visible()
        until(lambda: page.get_by_role("button", name="Sign the petition").click() or "/inbox/" in page.url)
