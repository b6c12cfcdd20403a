"""From the form to the list over real HTTP and real SMTP, without JavaScript."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from tests.journeys.conftest import Visitor, link_in, petition_publish
from tests.messaging.servers import Server
from tests.site import Site
from tests.waiting import until
from undersign.campaigns.models import Petition, PetitionText
from undersign.campaigns.services import petition_pause_signing, petition_resume_signing
from undersign.foundation.changes import change_record, petition_topic
from undersign.foundation.ids import uuid7
from undersign.foundation.keys import load_keys
from undersign.foundation.tokens import TokenSigner
from undersign.signing.models import Attempt, Signature
from undersign.web.models import PetitionPage


def signatures(page: PetitionPage) -> QuerySet[Signature]:
    return Signature.objects.filter(petition=page.petition_id)


def attempts(page: PetitionPage) -> QuerySet[Attempt]:
    return Attempt.objects.filter(petition_id=page.petition_id)


def touch(petition: Petition) -> None:
    """Tell the site that a petition has changed, as every service that changes one does."""
    change_record(topic=petition_topic(petition.id), at=timezone.now())


def confirm_link(
    site: Site,
    page: PetitionPage,
    attempt: UUID,
    *,
    lifetime: timedelta = timedelta(days=1),
    purpose: str = "confirm",
) -> str:
    """Make the link of a mail, as only the holder of the keys can."""
    signer = TokenSigner(load_keys(Path(site.environment["UNDERSIGN_KEYS_FILE"])))
    bound_to = page.petition_id.to_bytes(8, "big")
    return f"/confirm/{signer.issue(purpose, attempt.bytes, bound_to, timezone.now() + lifetime)}"


def button(path: str, words: str) -> str:
    return f'<a class="button" href="{path}">{words}</a>'


def test_a_visitor_signs_confirms_is_counted_and_sees_their_name(
    journey: Site, visitor: Visitor, mail_server: Server, weir: PetitionPage
) -> None:
    signed = visitor.sign()
    assert signed.status == 303
    inbox = journey.get(signed.headers["location"])
    assert "open your mail" in inbox.text
    assert visitor.email not in inbox.text
    assert inbox.headers["cache-control"] == "no-store"

    link = link_in(mail_server, visitor.email)
    for _scanner in ("GET", "HEAD", "GET"):
        assert journey.request(_scanner, link).status == 200
    assert not signatures(weir)

    first, again = journey.post(link, {}), journey.post(link, {})
    assert (first.status, first.headers["location"]) == (303, f"{visitor.path}thanks/")
    assert (again.status, again.headers["location"]) == (303, f"{visitor.path}thanks/already/")
    assert "The salmon thank you." in journey.get(first.headers["location"]).text
    assert "already" in journey.get(again.headers["location"]).text

    until(lambda: '"count": 1' in journey.get(f"{visitor.path}count.json").text)
    until(lambda: "Alice Ames" in journey.get(visitor.path).text)
    assert "Alice Ames" in journey.get(f"{visitor.path}names/").text
    signature = signatures(weir).get()
    assert (signature.source, signature.locale, str(signature.network)) == ("leaflet", "en", "127.0.0.0/24")


def test_the_answer_to_a_repeated_signature_is_that_to_a_new_one(
    journey: Site, visitor: Visitor, mail_server: Server, weir: PetitionPage
) -> None:
    visitor.sign()
    journey.post(link_in(mail_server, visitor.email), {})
    new, repeated, trapped = (
        visitor.sign(email=f"new-{visitor.email}"),
        visitor.sign(),
        visitor.sign(reference="http://spam.example"),
    )
    answers = {(a.status, a.headers["location"].rpartition("/")[0]) for a in (new, repeated, trapped)}
    assert answers == {(303, f"{visitor.path}inbox")}
    held = attempts(weir).exclude(held_reason="").get()
    assert held.held_reason == "honeypot"


def test_whoever_is_erased_is_gone_from_count_and_page_and_no_link_brings_them_back(
    journey: Site, visitor: Visitor, mail_server: Server, weir: PetitionPage
) -> None:
    visitor.sign()
    link = link_in(mail_server, visitor.email)
    journey.post(link, {})
    until(lambda: '"count": 1' in journey.get(f"{visitor.path}count.json").text)
    until(lambda: "Alice Ames" in journey.get(visitor.path).text)
    assert "Alice Ames" in journey.get(f"{visitor.path}names/").text
    visitor.sign()

    erased = journey.run("erase", visitor.email.upper(), "--yes")
    assert erased.returncode == 0, erased.stderr
    assert "signatures: 1" in erased.stdout
    assert "forms not confirmed: 2" in erased.stdout
    until(lambda: '"count": 0' in journey.get(f"{visitor.path}count.json").text)
    until(lambda: "Alice Ames" not in journey.get(visitor.path).text)
    until(lambda: "Alice Ames" not in journey.get(f"{visitor.path}names/").text)
    assert journey.post(link, {}).status == 410
    assert not attempts(weir)
    for told in (erased.stdout, erased.stderr, journey.log):
        assert visitor.email not in told.lower()
    assert journey.run("erase", visitor.email, "--yes").returncode == 1


def test_a_wrong_form_comes_back_with_what_was_typed_and_what_to_do(
    visitor: Visitor, weir: PetitionPage
) -> None:
    consent = next(name for name in visitor.form() if name.startswith("consent_"))
    bad = {
        "name": "x" * 10_000,
        "email": "alice at people",
        "display": "",
        consent: "perhaps",
    }
    answer = visitor.sign(**bad)
    assert answer.status == 422
    for words in ("too long", "There is no @", "choose how your name is shown", "choose yes or no"):
        assert words in answer.text
    assert 'value="alice at people"' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert not attempts(weir)


@pytest.mark.parametrize("name", ["Al\0ice", "\u202eecilA \u202cAmes", "<script>alert(1)</script> Ames"])
def test_characters_that_harm_are_refused_or_harmless(
    visitor: Visitor, journey: Site, mail_server: Server, name: str
) -> None:
    answer = visitor.sign(name=name)
    if "\0" in name:
        assert answer.status == 422
        assert "cannot be used" in answer.text
        return
    journey.post(link_in(mail_server, visitor.email), {})
    until(lambda: '"count": 1' in journey.get(f"{visitor.path}count.json").text)
    page = journey.get(f"{visitor.path}names/").text
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_links_that_do_not_work_say_why_and_a_forged_one_learns_nothing(
    journey: Site, visitor: Visitor, mail_server: Server, weir: PetitionPage
) -> None:
    visitor.sign()
    link = link_in(mail_server, visitor.email).removeprefix(journey.url)
    forged = link[:-20] + ("A" if link[-20] != "A" else "B") + link[-19:]
    foreign = confirm_link(journey, weir, attempts(weir).get().id, purpose="inbox")
    assert "piece of this link is missing" in journey.get(link[:-10]).text
    for answer in (journey.get(forged), journey.post(forged, {}), journey.post(foreign, {})):
        assert answer.status == 404
        assert "This link does not work" in answer.text
        assert weir.slug not in answer.text
    assert journey.get("/confirm/nonsense").status == 404
    assert not signatures(weir)
    assert journey.post(link + ".", {}).status == 303


def test_an_expired_link_offers_to_sign_again(journey: Site, visitor: Visitor, weir: PetitionPage) -> None:
    visitor.sign()
    link = confirm_link(journey, weir, attempts(weir).get().id, lifetime=timedelta(days=-1))
    for answer in (journey.get(link), journey.post(link, {})):
        assert answer.status == 410
        assert "too old" in answer.text
        assert button(visitor.path, "Sign again") in answer.text
    assert button(visitor.path, "Noch einmal unterschreiben") in journey.get(f"/de{link}").text


def test_a_link_whose_attempt_was_purged_offers_to_sign_again(
    journey: Site, visitor: Visitor, weir: PetitionPage
) -> None:
    answer = journey.post(confirm_link(journey, weir, uuid7()), {})
    assert answer.status == 410
    assert button(visitor.path, "Sign again") in answer.text


def test_after_the_end_a_link_leads_to_what_became_of_the_petition(
    journey: Site, visitor: Visitor, weir: PetitionPage
) -> None:
    visitor.sign()
    attempt = attempts(weir).get().id
    link, expired = (confirm_link(journey, weir, attempt, lifetime=timedelta(days=d)) for d in (1, -1))
    Petition.objects.filter(id=weir.petition_id).update(closes_at=timezone.now() - timedelta(days=2))
    touch(weir.petition)
    until(lambda: journey.get(link).status == 410 or None)
    for answer in (journey.get(link), journey.post(link, {}), journey.get(expired)):
        assert answer.status == 410
        assert "This petition has ended" in answer.text
        assert "again" not in answer.text
        assert button(visitor.path, "To the petition") in answer.text
    assert not signatures(weir)


def test_an_unknown_petition_is_not_found(journey: Site, visitor: Visitor) -> None:
    read, sent = journey.get("/p/nothing/"), journey.post("/p/nothing/", visitor.form())
    for answer in (read, sent):
        assert answer.status == 404
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert f'<dd dir="auto">{visitor.email}</dd>' in sent.text
    assert "not sent" not in read.text


def test_a_closed_petition_takes_no_form_and_confirms_what_came_before(
    journey: Site, visitor: Visitor, mail_server: Server, weir: PetitionPage
) -> None:
    form = visitor.form()
    visitor.sign()
    Petition.objects.filter(id=weir.petition_id).update(closes_at=timezone.now())
    touch(weir.petition)
    until(lambda: 'name="email"' not in journey.get(visitor.path).text)
    late = journey.post(visitor.path, form)
    assert late.status == 409
    assert late.headers["cache-control"] == "no-store"
    assert "closed" in late.text.lower()
    assert "Your signature was not sent" in late.text
    assert '<dd dir="auto">Alice Ames</dd>' in late.text
    confirmed = journey.post(link_in(mail_server, visitor.email), {})
    assert confirmed.headers["location"] == f"{visitor.path}thanks/"


def test_a_paused_petition_keeps_the_form(journey: Site, visitor: Visitor, weir: PetitionPage) -> None:
    form = visitor.form()
    petition_pause_signing(petition=weir.petition, by=None, at=timezone.now())
    until(lambda: journey.post(visitor.path, form).status == 503 or None)
    paused = journey.post(visitor.path, form)
    assert "retry-after" in paused.headers
    assert 'value="Alice Ames"' in paused.text
    petition_resume_signing(petition=weir.petition, by=None, at=timezone.now())
    until(lambda: journey.post(visitor.path, form).status == 303 or None)


def test_a_text_that_changed_while_signing_is_shown_with_what_is_new(
    journey: Site, visitor: Visitor, weir: PetitionPage, mail_server: Server
) -> None:
    visitor.sign()
    journey.post(link_in(mail_server, visitor.email), {})
    form = visitor.form(email="late@people.example", text_version="1000000")
    changed = journey.post(visitor.path, form)
    assert changed.status == 409
    assert "The text changed" in changed.text
    assert 'value="late@people.example"' in changed.text

    weir.letter = "<p>We ask you to open the weir at once.</p>"
    weir.save_revision().publish()
    until(lambda: "at once" in journey.get(visitor.path).text)
    versions = journey.get(f"{visitor.path}versions/").text
    assert "<ins" in versions
    assert "at once" in versions


def test_the_mail_is_sent_again_and_to_another_address(
    journey: Site, visitor: Visitor, mail_server: Server, weir: PetitionPage
) -> None:
    wrong = f"wrong-{visitor.email}"
    inbox = visitor.sign(email=wrong).headers["location"]
    link_in(mail_server, wrong)
    again = journey.post(inbox, {})
    assert again.status == 303
    assert "sent it again" in journey.get(again.headers["location"]).text
    until(lambda: mail_server.recipients.count(wrong) == 2 or None)

    assert "There is no @" in journey.post(inbox, {"email": "alice"}).text
    elsewhere = journey.post(inbox, {"email": visitor.email})
    assert elsewhere.status == 303
    journey.post(link_in(mail_server, visitor.email), {})
    assert signatures(weir).get().public_name == "Alice Ames"


def test_a_link_to_send_again_works_only_at_its_own_petition(
    journey: Site, visitor: Visitor, mail_server: Server, weir: PetitionPage
) -> None:
    other = petition_publish(weir.get_parent().specific, slug=f"dam-{weir.pk}")
    until(lambda: journey.post(f"/p/{other.petition.slug}/", {}).status in {409, 422} or None)
    inbox = visitor.sign().headers["location"]
    link_in(mail_server, visitor.email)
    misplaced = inbox.replace(visitor.path, f"/p/{other.petition.slug}/")
    elsewhere = {"email": f"trudy-{visitor.email}"}
    for answer in (
        journey.get(misplaced),
        journey.post(misplaced, {}),
        journey.post(misplaced, elsewhere),
        journey.get(misplaced.replace("/inbox/", "/inbox/again/")),
    ):
        assert answer.status == 404
        assert "It belongs to another petition" in answer.text
        assert answer.headers["cache-control"] == "no-store"
    assert attempts(weir).count() == 1
    assert not attempts(other)
    assert journey.post(inbox, elsewhere).status == 303


def test_an_unpublished_petition_takes_no_more_signatures(
    journey: Site, visitor: Visitor, weir: PetitionPage, mail_server: Server
) -> None:
    form = visitor.form()
    visitor.sign()
    weir.unpublish()
    until(lambda: journey.get(visitor.path).status == 404 or None)
    # Whoever was filling the form in while it went may still send it for a minute; later nobody can.
    PetitionText.objects.filter(version__petition=weir.petition_id).update(
        hidden_at=timezone.now() - timedelta(minutes=2)
    )
    touch(weir.petition)
    until(lambda: journey.post(visitor.path, form).status == 404 or None)
    assert '<dd dir="auto">Alice Ames</dd>' in journey.post(visitor.path, form).text
    confirmed = journey.post(link_in(mail_server, visitor.email), {})
    assert confirmed.status == 303
