"""A published petition, the site that serves it, and the mail server its mails go to."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.images import ImageFile
from django.db import connections
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from pytest_django import DjangoDbBlocker
from wagtail.models import Page

from tests.database import TestDatabase
from tests.messaging.servers import Server, serving
from tests.site import Answer, Site, site_make
from tests.waiting import until
from tests.web.gallery.site import CHROMIUM, FLAGS
from undersign.supporters.models import ConsentAsk, ConsentWording, Organisation, OrganisationNotice
from undersign.web.models import CampaignImage, OrganisationPage, PetitionPage

STORY = [
    ("heading", "A century of concrete"),
    ("paragraph", "<p>The weir has been shut <b>since 1911</b>.</p>"),
    ("quote", {"quote": "I have not seen a salmon here in my life.", "attribution": "Ida, 92"}),
]


def organisation_make() -> OrganisationPage:
    organisation = Organisation.objects.create(
        slug="rivers",
        name="Free Rivers",
        postal_address="1 Weir Lane, Ouse",
        sender_name="Free Rivers",
        sender_email="hello@rivers.example",
    )
    OrganisationNotice.objects.create(
        organisation=organisation, locale="en", privacy_notice="We keep *little*.", imprint="Bob Reed, Ouse"
    )
    ask = ConsentAsk.objects.create(organisation=organisation, purpose="updates")
    ConsentWording.objects.create(
        ask=ask, locale="en", version=1, text="Write to me about this petition.", made_at=timezone.now()
    )
    page = OrganisationPage(title="Free Rivers", organisation=organisation)
    made: OrganisationPage = Page.objects.get(depth=1).add_child(instance=page)
    return made


def petition_publish(parent: OrganisationPage, **fields: Any) -> PetitionPage:
    """Publish a petition as the editor would, on a page of its own."""
    values = {
        "title": "Open the weir",
        "slug": "open-the-weir",
        "ask": "Open the weir at Ouse for the salmon.",
        "goal": "Salmon spawn above Ouse again.",
        "story": STORY,
        "salutation": "Dear Minister,",
        "letter": "<p>We ask you to open the weir.</p>",
        "thank_you": "<p>The salmon thank you.</p>",
        **fields,
    }
    page: PetitionPage = parent.add_child(instance=PetitionPage(**values))
    page.targets.create(name="Cleo Marsh", role="Minister for Water", sort_order=0)
    page.save_revision().publish()
    return page


def image_make(title: str, *, width: int, height: int) -> CampaignImage:
    """Upload a picture as grainy as a photo."""
    noise = Image.effect_noise((width // 8, height // 8), 80).resize((width, height))
    written = BytesIO()
    noise.convert("RGB").save(written, "JPEG")
    file = ImageFile(BytesIO(written.getvalue()), name=f"{title}.jpg")
    return CampaignImage.objects.create(title=title, alt_text=f"A {title}", file=file)


@pytest.fixture(scope="module")
def mail_server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def mail_url(mail_server: Server) -> str:
    """Where the site of a module sends its mails; a module may send them elsewhere."""
    return f"smtp://127.0.0.1:{mail_server.port}/?tls=off"


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """What the processes of a module's site are started with beside the usual; a module may say more."""
    return {}


@pytest.fixture(scope="module")
def journey(
    test_database: TestDatabase,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
    mail_url: str,
    environment: dict[str, str],
) -> Iterator[Site]:
    """One site for a module, with its worker and a mail server; each test has a petition of its own on it."""
    shared = Path(os.environ["UNDERSIGN_TEST_DIR"])
    with django_db_blocker.unblock():
        organisation_make()
        site = site_make(
            database_url=test_database.url, data_dir=tmp_path_factory.mktemp("site"), shared=shared
        )
        site.environment |= {"UNDERSIGN_MAIL_URL": mail_url, **environment}
        with site, site.worker():
            yield site
        test_database.create()


@pytest.fixture
def weir(journey: Site, request: pytest.FixtureRequest) -> PetitionPage:
    """A petition that only this test signs."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")
    page = petition_publish(OrganisationPage.objects.get(language="en"), slug=f"weir-{name}"[-70:])
    until(lambda: journey.get(f"/p/{page.slug}/").status == 200 or None)
    # The process that answers forms learns of a petition within a second of its publication.
    until(lambda: journey.post(f"/p/{page.slug}/", {}).status in {409, 422} or None)
    return page


@dataclass
class Visitor:
    """Somebody without JavaScript: reads a form, fills it in, follows where it leads."""

    site: Site
    path: str
    email: str = "alice@people.example"

    def form(self, **typed: str) -> dict[str, str]:
        """Give the fields of the page's form as Alice fills them in, but for what is said otherwise."""
        html = self.site.get(self.path).text
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
        asks = re.findall(r'name="(consent_[^"]+)" value="no"', html)
        alice = {"name": "Alice Ames", "email": self.email, "display": "full"}
        return {**dict(hidden), **dict.fromkeys(asks, "no"), **alice, **typed}

    def sign(self, **typed: str) -> Answer:
        return self.site.post(f"{self.path}?source=leaflet", self.form(**typed))


@pytest.fixture
def visitor(journey: Site, weir: PetitionPage) -> Visitor:
    """Alice, under an address that only this test uses."""
    return Visitor(journey, f"/p/{weir.slug}/", f"alice{weir.pk}@people.example")


def link_in(server: Server, address: str) -> str:
    """Wait for the mail to an address and give the link in its plain text."""

    def found() -> str | None:
        for recipient, message in zip(server.recipients, server.messages, strict=False):  # more may come
            if recipient == address:
                plain = message.get_body(("plain",))
                assert plain is not None
                return re.findall(r"http://\S+/confirm/\S+", plain.get_content())[0]
        return None

    return until(found)


@pytest.fixture(scope="module")
def browser(journey: Site) -> Iterator[Browser]:
    """A Chromium, started after the servers: Playwright keeps an event loop running in this thread.

    Django refuses to ask the database where one runs; nothing of ours is awaited here, so it may.
    """
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        connections.close_all()  # those of the loop are its own
        chromium.close()
