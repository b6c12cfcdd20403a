"""axe finds nothing on any public page as it is served: by day and by night, left-to-right and right-to-left.

WCAG 2.2 AA and axe's own good practices. The gallery holds the same templates in rarer states.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from wagtail.models import Locale

from tests.journeys.browsing import DESKTOP, PHONE, Visit, visiting
from tests.journeys.conftest import Visitor, link_in
from tests.messaging.servers import Server
from tests.site import Site
from tests.waiting import until
from undersign.campaigns.services import (
    petition_close,
    petition_pause_signing,
    petition_reopen,
    petition_resume_signing,
)
from undersign.foundation.keys import load_keys
from undersign.foundation.tokens import TokenSigner
from undersign.signing.models import Attempt, Signature
from undersign.web.models import PetitionPage

# Only colours differ by night, and only sizes and places on a wider screen.
LOOKS = (
    ("light", PHONE, "axe.run({resultTypes: ['violations']})"),
    ("dark", PHONE, "axe.run({runOnly: ['color-contrast'], resultTypes: ['violations']})"),
    ("dark", DESKTOP, "axe.run({runOnly: ['color-contrast', 'target-size'], resultTypes: ['violations']})"),
    ("light", DESKTOP, "axe.run({resultTypes: ['violations']})"),
)


@dataclass
class Inspection:
    """Looks at pages one after the other and keeps what axe complains of."""

    visit: Visit
    direction: str
    complaints: list[tuple[str, ...]] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    def open(self, name: str, path: str) -> None:
        self.visit.open(path)
        self.look(name)

    def look(self, name: str) -> None:
        """Inspect the page that is open."""
        page = self.visit.page
        self.seen[name] = page.title()
        expect(page.locator("html")).to_have_attribute("dir", self.direction)
        page.evaluate(AXE_SCRIPT)
        for scheme, size, run in LOOKS:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self._note(name, f"{scheme} {size['width']}", page.evaluate(run)["violations"])
            self._note_overflow(name, page)

    def _note(self, name: str, look: str, violations: list[dict[str, list[dict[str, str]]]]) -> None:
        for each in violations:
            node = each["nodes"][0]
            summary = node["failureSummary"].partition("\n")[2].strip()
            self.complaints.append((name, look, str(each["id"]), node["html"][:200], summary))

    def _note_overflow(self, name: str, page: Page) -> None:
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if beyond > 0:
            self.complaints.append((name, str(page.viewport_size), f"wider than the screen by {beyond}"))


def in_arabic(page: PetitionPage) -> PetitionPage:
    """Publish the petition in a language written from right to left."""
    arabic, _ = Locale.objects.get_or_create(language_code="ar")
    parent = page.get_parent().specific
    if not parent.has_translation(arabic):
        parent.copy_for_translation(arabic)
        parent.get_translation(arabic).save_revision().publish()
    translated: PetitionPage = page.copy_for_translation(arabic)
    translated.title = "افتحوا السد"
    translated.ask = "افتحوا السد من أجل سمك السلمون."
    translated.save_revision().publish()
    return translated


def inspect_everything(look: Inspection, visitor: Visitor, server: Server, weir: PetitionPage) -> None:
    """Walk every page there is in one language, in the order in which a visitor meets them."""
    site, path, page = visitor.site, visitor.path, look.visit.page
    prefix = path.partition("/p/")[0]
    for name, address in (("home", "/"), ("organisation", "/o/rivers/"), ("not found", "/nothing/")):
        look.open(name, prefix + address)
    look.open("petition", path)
    look.open("versions with a difference", f"{path}versions/")
    look.open("mastodon", f"{path}share/mastodon?instance=social.example")
    look.open("mastodon, mistyped", f"{path}share/mastodon?instance=nonsense")

    send(look.visit, visitor, visitor.form(name="12345", email="alice at people", display=""))
    look.look("form with errors")
    send(look.visit, visitor, visitor.form(text_version="1000000"))
    look.look("text changed")
    send(look.visit, visitor, visitor.form())
    page.wait_for_url("**/inbox/*")
    look.look("inbox")
    page.locator("form button").first.click()
    page.wait_for_url("**/inbox/again/*")
    look.look("inbox, sent again")

    link = link_in(server, visitor.email)
    for name, address in broken_links(site, weir, link).items():
        look.open(name, address)
    look.open("confirm", link)
    page.locator("form button").click()
    page.wait_for_url("**/thanks/")
    look.look("thanks")
    look.open("thanks already", f"{path}thanks/already/")
    until(lambda: "Alice Ames" in site.get(f"{path}names/").text)
    look.open("names", f"{path}names/")

    Signature.objects.filter(petition=weir.petition_id).update(state="withdrawn", withdrawn_by="moderator")
    look.open("confirm a signature that was withdrawn", link)
    with page.expect_navigation():
        page.locator("form button").click()
    look.look("link to a signature that was withdrawn")

    petition_pause_signing(petition=weir.petition, by=None, at=timezone.now())
    until(lambda: site.post(path, {}).status == 503)
    send(look.visit, visitor, visitor.form())
    look.look("unavailable")
    petition_resume_signing(petition=weir.petition, by=None, at=timezone.now())
    until(lambda: site.post(path, {}).status != 503)
    until(lambda: site.post(path, visitor.form()).status == 303)  # the page has the newest text again
    form = visitor.form()
    petition_close(petition=weir.petition, by=None, at=timezone.now())
    until(lambda: site.post(path, form).status == 409)
    send(look.visit, visitor, form)
    look.look("what came too late")
    petition_reopen(petition=weir.petition, by=None, at=timezone.now())
    until(lambda: "data-sign-form" in site.get(path).text)


def send(visit: Visit, visitor: Visitor, values: dict[str, str]) -> None:
    """Post a form as a page would that checks nothing before it sends."""
    visit.open(f"{visitor.path}names/")
    with visit.page.expect_navigation():
        visit.page.evaluate(
            """([action, values]) => {
              const form = Object.assign(document.createElement("form"), { method: "post", action });
              for (const [name, value] of Object.entries(values)) {
                form.append(Object.assign(document.createElement("input"), { name, value, type: "hidden" }));
              }
              document.body.append(form);
              form.submit();
            }""",
            [visitor.path, values],
        )


def broken_links(site: Site, weir: PetitionPage, link: str) -> dict[str, str]:
    """Give the links that do not confirm, one of each kind."""
    start, _, token = link.rpartition("/")
    changed = "A" if token[-20] != "A" else "B"
    keys = load_keys(Path(site.environment["UNDERSIGN_KEYS_FILE"]))
    attempt = Attempt.objects.filter(petition_id=weir.petition_id).latest("id")
    petition = weir.petition_id.to_bytes(8, "big")
    old = TokenSigner(keys).issue("confirm", attempt.id.bytes, petition, timezone.now() - timedelta(days=1))
    return {
        "link truncated": f"{start}/{token[:-10]}",
        "link forged": f"{start}/{token[:-20]}{changed}{token[-19:]}",
        "link expired": f"{start}/{old}",
    }


def test_no_page_has_an_accessibility_violation(
    browser: Browser, journey: Site, visitor: Visitor, mail_server: Server, weir: PetitionPage
) -> None:
    weir.letter = "<p>We ask you to open the weir at once.</p>"
    weir.save_revision().publish()
    in_arabic(weir)
    arabic = Visitor(journey, f"/ar{visitor.path}", f"arabic-{visitor.email}")
    until(lambda: "at once" in journey.get(visitor.path).text)
    until(lambda: journey.get(arabic.path).status == 200)
    for each, direction in ((visitor, "ltr"), (arabic, "rtl")):
        with visiting(browser, journey, viewport=PHONE) as visit:
            look = Inspection(visit, direction)
            inspect_everything(look, each, mail_server, weir)
            assert look.complaints == []
            assert len(set(look.seen.values())) == 16, look.seen


def test_the_inspection_finds_faults(browser: Browser, journey: Site, visitor: Visitor) -> None:
    with visiting(browser, journey, viewport=PHONE) as visit:
        visit.open(visitor.path)
        visit.page.evaluate("document.querySelector('label[for=email]').remove()")
        visit.page.evaluate("document.querySelector('h1').style.inlineSize = '100rem'")
        look = Inspection(visit, "ltr")
        look.look("petition")
        assert {"label"} <= {complaint[2] for complaint in look.complaints}
        assert any("wider than the screen" in complaint[2] for complaint in look.complaints)
