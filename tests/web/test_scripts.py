"""What the scripts add, in a real browser; and that the page does without them."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.browsers import page_opened

WIRE_LIMIT = 100_000  # bytes, without the photo
REQUEST_LIMIT = 8


def is_sent(request: Request) -> bool:
    return request.method == "POST"


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    with page_opened(browser, viewport={"width": 360, "height": 800}) as page:
        yield page


def test_the_signers_name_appears_at_the_foot_of_the_letter(phone: Page, address: str) -> None:
    phone.goto(f"{address}/petition.html")
    phone.fill("#name", "Alice Marie Example")
    expect(phone.locator("[data-letter-name]")).to_have_text("Alice Marie Example")
    expect(phone.locator(".choice", has_text="First name and initial")).to_contain_text("Alice E.")


def test_a_press_on_the_button_names_everything_that_is_missing(phone: Page, address: str) -> None:
    phone.goto(f"{address}/petition.html")
    phone.fill("#name", "Alice Example")
    phone.fill("#email", "alice@")
    _form_is_improved(phone)
    phone.get_by_role("button", name="Sign the petition").click()
    expect(phone.locator(".field__error:visible")).to_have_text(
        ["Please choose one.", "Please write the whole address, like name@example.org.", "Please choose one."]
    )
    expect(phone.locator("#display_full")).to_be_focused()


def _form_is_improved(phone: Page) -> None:
    """Wait for the script that the first touch of the form loads."""
    phone.wait_for_function("document.querySelector('[data-sign-form]').noValidate")


def test_what_was_typed_survives_a_reload_and_goes_with_the_form(phone: Page, address: str) -> None:
    phone.goto(f"{address}/petition.html?source=poster")
    phone.fill("#name", "Alice")
    phone.fill("#email", "alice@gmail.com")
    _form_is_improved(phone)
    phone.reload()
    expect(phone.locator("#name")).to_have_value("Alice")
    phone.check("[name=display][value=anonymous]")
    phone.check("[name=consent_email][value=no]")
    with phone.expect_request(is_sent) as sent:
        phone.get_by_role("button", name="Sign the petition").click()
    assert sent.value.url.endswith("?source=poster")
    assert "email=alice%40gmail.com" in (sent.value.post_data or "")
    phone.goto(f"{address}/check-inbox.html")
    expect(phone.locator("[data-inbox-address]")).to_have_text("We sent it to alice@gmail.com.")
    expect(phone.locator("[data-inbox-mailboxes] li").first).to_have_text("Gmail")


def test_the_bar_at_the_thumb_leaves_when_the_form_is_there(phone: Page, address: str) -> None:
    phone.goto(f"{address}/petition.html")
    bar = phone.locator("[data-signbar]")
    expect(bar).to_be_in_viewport()
    bar.press("Enter")  # a click that is slow would meet what is below a bar that has left
    expect(bar).to_have_attribute("data-away", "")
    expect(phone.locator("#name")).to_be_in_viewport()


def test_count_progress_and_names_follow_the_server(phone: Page, address: str) -> None:
    def answer(route: Route) -> None:
        route.fulfill(json={"count": 2_600, "goal": 5_000, "names": "<ul><li>Newest Name</li></ul>"})

    phone.clock.install()
    phone.route("**/count.json", answer)
    phone.goto(f"{address}/petition.html")
    with phone.expect_response("**/count.json"):
        phone.clock.run_for(15_000)
    phone.wait_for_timeout(200)
    phone.clock.run_for(1_500)
    expect(phone.locator("aside .count__number")).to_have_text("2,600")
    expect(phone.locator("aside progress")).to_have_js_property("max", 5_000)
    expect(phone.locator(".names")).to_contain_text("Newest Name")


def test_older_names_are_added_below_and_keep_the_readers_place(phone: Page, address: str) -> None:
    phone.goto(f"{address}/names.html")
    phone.get_by_role("link", name="Older names").click()
    expect(phone.locator(".people > li").last).to_be_focused()
    expect(phone.locator(".people > li").last).to_contain_text("Oldest Name")
    expect(phone.get_by_role("link", name="Older names")).to_have_count(0)
    expect(phone.locator(".people")).to_contain_text("Ana B.")


def test_a_petition_is_signed_by_keyboard_alone(phone: Page, address: str) -> None:
    phone.goto(f"{address}/petition.html")
    phone.keyboard.press("Tab")
    expect(phone.locator(".skip")).to_be_focused()
    for _ in range(5):  # home, two languages (the current one is not offered on a phone), what was removed
        phone.keyboard.press("Tab")
    expect(phone.locator("#name")).to_be_focused()
    phone.keyboard.type("Alice Example")
    phone.keyboard.press("Tab")
    phone.keyboard.press("ArrowDown")
    phone.keyboard.press("Tab")
    expect(phone.locator("#email")).to_be_focused()
    phone.keyboard.type("alice@example.org")
    phone.keyboard.press("Tab")
    phone.keyboard.press("Space")
    phone.keyboard.press("Tab")
    with phone.expect_request(is_sent) as sent:
        phone.keyboard.press("Enter")
    assert "display=initial&email=alice%40example.org&consent_email=yes" in (sent.value.post_data or "")


def test_without_scripts_the_form_still_reaches_its_own_address(browser: Browser, address: str) -> None:
    with page_opened(browser, java_script_enabled=False, viewport={"width": 360, "height": 800}) as page:
        page.goto(f"{address}/petition.html?source=poster")
        page.fill("#name", "Alice")
        page.check("[name=display][value=full]")
        page.fill("#email", "alice@example.org")
        page.check("[name=consent_email][value=yes]")
        with page.expect_request(is_sent) as sent:
            page.get_by_role("button", name="Sign the petition").click()
        assert sent.value.url == f"{address}/petition.html?source=poster"


def test_a_first_visit_is_light_and_nothing_moves(phone: Page, address: str, gallery: Path) -> None:
    asked: list[str] = []
    phone.on("request", lambda each: asked.append(each.url) if each.url.startswith(address) else None)
    phone.add_init_script(
        "window.moved = 0; new PerformanceObserver((all) => { for (const each of all.getEntries()) "
        "window.moved += each.value; }).observe({type: 'layout-shift', buffered: true});"
    )
    phone.goto(f"{address}/petition.html", wait_until="networkidle")
    weight = sum(
        on_the_wire(gallery / url.removeprefix(f"{address}/")) for url in asked if "/media/" not in url
    )
    assert weight <= WIRE_LIMIT
    assert len(asked) <= REQUEST_LIMIT
    assert phone.evaluate("window.moved") < 0.01


def on_the_wire(path: Path) -> int:
    content = path.read_bytes()
    return len(content) if path.suffix == ".woff2" else len(gzip.compress(content))
