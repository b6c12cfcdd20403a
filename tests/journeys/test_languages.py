"""Every public page and every mail in each language beside English, over real HTTP and real SMTP."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from babel.dates import format_date
from django.conf import settings
from django.utils import timezone
from wagtail.models import Locale

from tests.journeys.conftest import Visitor, link_in, petition_publish
from tests.journeys.languages import english_left
from tests.messaging.servers import Server
from tests.site import Answer, Site
from tests.waiting import until
from undersign.campaigns.services import petition_close, petition_pause_signing
from undersign.foundation.keys import load_keys
from undersign.foundation.tokens import TokenSigner
from undersign.signing.models import Attempt
from undersign.web.models import OrganisationPage, PetitionPage

OTHERS = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
GERMANY = {"de": "Deutschland", "ar": "ألمانيا"}
NOTHING_TYPED = {"name": "", "email": "", "display": ""}


def published(journey: Site, language: str, slug: str) -> PetitionPage:
    """Publish a petition in one language, with everything a form may ask for."""
    locale = Locale.objects.get_or_create(language_code=language)[0]
    parent = OrganisationPage.objects.get(language=settings.LANGUAGE_CODE)
    if not parent.has_translation(locale):
        parent.copy_for_translation(locale, copy_parents=True, alias=True)
    page = petition_publish(parent.get_translation(locale), locale=locale, slug=f"{slug}-{language}")
    asked = {"country": "optional", "postcode": "required", "phone": "optional", "reason": "required"}
    type(page.petition).objects.filter(id=page.petition_id).update(
        closes_at=timezone.now() + timedelta(days=30), **asked
    )
    page.save_revision().publish()
    until(lambda: journey.post(f"/{language}/p/{page.slug}/", {}).status in {409, 422} or None)
    until(lambda: 'name="reason"' in journey.get(f"/{language}/p/{page.slug}/").text or None)
    return page


@pytest.fixture(params=OTHERS)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def check(answer: Answer, language: str, status: int = 200) -> None:
    assert answer.status == status
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in answer.text
    assert not english_left(answer.text, language)


def test_a_signature_is_given_in_one_language_from_the_form_to_the_thanks(
    journey: Site, language: str, mail_server: Server
) -> None:
    page = published(journey, language, "weir")
    here = f"/{language}/p/{page.slug}/"
    alice = Visitor(journey, here, f"alice-{language}@people.example")
    check(journey.get(here), language)
    assert GERMANY[language] in journey.get(here).text
    check(alice.sign(**NOTHING_TYPED), language, 422)
    check(alice.sign(name="x" * 300, email="a@", postcode="?" * 30, phone="12", reason=""), language, 422)
    check(alice.sign(text_version="1000000", postcode="04109", reason="Fish."), language, 409)

    signed = alice.sign(postcode="04109", reason="Fish.")
    inbox = signed.headers["location"]
    assert inbox.startswith(f"{here}inbox/")
    check(journey.get(inbox), language)
    check(journey.post(inbox, {"email": "alice"}), language, 422)

    link = link_in(mail_server, alice.email)
    assert link.startswith(f"{journey.url}/{language}/confirm/")
    check(journey.get(link), language)
    check(journey.get(link[:-10]), language, 404)
    check(journey.post(link[:-3] + "AAA", {}), language, 404)
    thanks, already = (journey.post(link, {}).headers["location"] for _twice in range(2))
    assert thanks == f"{here}thanks/"
    check(journey.get(thanks), language)
    check(journey.get(already), language)
    check(journey.get(journey.post(inbox, {}).headers["location"]), language)
    until(lambda: '"count": 1' in journey.get(f"{here}count.json").text)
    for below in ("", "names/", "versions/", "share/mastodon", "share/mastodon?instance=nonsense"):
        check(journey.get(f"{here}{below}"), language)


def test_the_mail_speaks_the_language_of_the_form(journey: Site, language: str, mail_server: Server) -> None:
    page = published(journey, language, "mail")
    bob = Visitor(journey, f"/{language}/p/{page.slug}/", f"bob-{language}@people.example")
    bob.sign(postcode="04109", reason="Fish.")
    link_in(mail_server, bob.email)
    mail = mail_server.messages[mail_server.recipients.index(bob.email)]
    html, plain = (mail.get_body((kind,)) for kind in ("html", "plain"))
    assert html is not None
    assert plain is not None
    assert mail["Content-Language"] == language
    assert f'lang="{language}"' in html.get_content()
    for text in (html.get_content(), f"<p>{plain.get_content()}</p>", f"<p>{mail['Subject']}</p>"):
        assert not english_left(text, language)


def test_pages_around_a_petition_speak_the_language_of_their_address(journey: Site, language: str) -> None:
    page = published(journey, language, "around")
    here = f"/{language}/p/{page.slug}/"
    check(journey.get(f"/{language}/"), language)
    check(journey.get(f"/{language}/o/rivers/"), language)
    check(journey.get(f"/{language}/p/nothing/"), language, 404)
    check(journey.get(f"/{language}/nothing-here/"), language, 404)
    check(journey.request("POST", here, headers={"Content-Type": "application/json"}), language, 415)

    petition_pause_signing(petition=page.petition, by=None, at=timezone.now())
    until(lambda: journey.post(here, {}).status == 503 or None)
    check(journey.post(here, {"name": "Alice Ames"}), language, 503)
    until(lambda: 'name="email"' not in journey.get(here).text)
    check(journey.get(here), language)
    check(journey.get(f"/{language}/"), language)


def test_a_closed_petition_and_an_old_link_speak_the_language_of_their_address(
    journey: Site, language: str
) -> None:
    page = published(journey, language, "closed")
    here = f"/{language}/p/{page.slug}/"
    Visitor(journey, here, f"carl-{language}@people.example").sign(postcode="04109", reason="Fish.")
    attempt = until(lambda: Attempt.objects.filter(petition_id=page.petition_id).first())
    keys = load_keys(Path(journey.environment["UNDERSIGN_KEYS_FILE"]))
    bound_to, past = page.petition_id.to_bytes(8, "big"), timezone.now() - timedelta(days=1)
    token = TokenSigner(keys).issue("confirm", attempt.id.bytes, bound_to, past)
    check(journey.get(f"/{language}/confirm/{token}"), language, 410)

    petition_close(petition=page.petition, by=None, at=timezone.now())
    until(lambda: 'name="email"' not in journey.get(here).text)
    check(journey.get(here), language)
    check(journey.post(here, {"name": "Alice Ames"}), language, 409)


def test_english_words_are_noticed_on_a_page_in_another_language() -> None:
    page = (
        '<label>Your name</label> <b>7</b> people have signed <a lang="en">Petition</a> <i title="Yes">Ja</i>'
    )
    assert english_left(page, "de") == {"Your name", "people have signed", "Yes"}


def test_german_pages_write_numbers_and_dates_as_germans_do(journey: Site) -> None:
    page = published(journey, "de", "dates")
    closes_at = type(page.petition).objects.get(id=page.petition_id).closes_at
    expected = format_date(closes_at, "d. MMMM yyyy", locale="de")
    assert f"Sie können bis zum {expected} unterschreiben." in journey.get(f"/de/p/{page.slug}/").text


def test_the_address_decides_about_the_language_and_not_the_browser(journey: Site) -> None:
    german, arabic = (
        published(journey, "de", "browser"),
        {"Accept-Language": "ar", "Cookie": "django_language=ar"},
    )
    for below in ("", "names/", "share/mastodon", "confirm/"):
        check(journey.get(f"/de/p/{german.slug}/{below}", headers=arabic), "de")
    assert '<html lang="en"' in journey.get("/", headers=arabic).text
    assert '<html lang="en"' in journey.get("/p/nothing/", headers=arabic).text


@pytest.fixture
def dark(journey: Site) -> Iterator[Site]:
    journey.stop()
    address = journey.environment["DATABASE_URL"]
    journey.environment["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:9/nothing"
    journey.launch()
    yield journey
    journey.stop()
    journey.environment["DATABASE_URL"] = address
    journey.start()


def test_without_a_database_the_site_says_so_in_the_language_of_the_address(dark: Site) -> None:
    for language in OTHERS:
        check(until(lambda at=f"/{language}/p/never-seen/": _answer(dark, at), patience=60), language, 503)


def _answer(site: Site, path: str) -> Answer | None:
    try:
        return site.get(path)
    except OSError:
        return None
