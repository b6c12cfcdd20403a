"""Bob sets up his organisation in a browser."""

import re
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils.translation import override
from pytest_django import DjangoCaptureOnCommitCallbacks

import undersign
from tests.web.walls.conftest import Campaign, campaign_begin, logged_in
from undersign.foundation.models import AuditEntry, Change
from undersign.supporters.models import ConsentAsk, Role
from undersign.web.admin.organisations.happenings import SENTENCES, sentence
from undersign.web.models import Branding

PAGES = ["", "settings/", "notices/en/", "branding/", "asks/", "members/", "history/"]


@pytest.fixture
def rivers(db: None) -> Campaign:
    return campaign_begin("rivers")


@pytest.fixture
def bob(rivers: Campaign) -> Client:
    return logged_in(rivers.organiser)


def at(rivers: Campaign, page: str = "") -> str:
    return f"/admin/organisations/{rivers.organisation.pk}/{page}"


def test_the_menu_leads_to_the_one_organisation(rivers: Campaign, bob: Client) -> None:
    assert bob.get("/admin/organisations/")["Location"] == at(rivers)
    page = bob.get(at(rivers)).text
    assert "needed before you publish" in page


def test_settings_are_kept_audited_and_published(rivers: Campaign, bob: Client) -> None:
    fields = {
        "name": "Free Rivers",
        "postal_address": "2 Weir Lane",
        "sender_name": "Free Rivers",
        "sender_email": "hello@rivers.example",
        "default_locale": "de",
        "minimum_age": "18",
        "retention_days": "90",
    }
    assert bob.post(at(rivers, "settings/"), fields).status_code == 302
    rivers.organisation.refresh_from_db()
    assert (rivers.organisation.name, rivers.organisation.minimum_age) == ("Free Rivers", 18)
    entry = AuditEntry.objects.get(action="organisation.changed")
    assert entry.actor == rivers.organiser
    assert "minimum_age" in entry.detail["fields"]
    assert Change.objects.filter(topic=f"organisation:{rivers.organisation.pk}").exists()


def test_a_name_with_a_line_break_cannot_reach_the_headers_of_a_mail(
    rivers: Campaign,
    bob: Client,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    fields = {
        "name": "Free\r\nBcc: mallory@forge.example",
        "postal_address": "2 Weir Lane",
        "sender_name": "Free\nRivers",
        "sender_email": "hello@rivers.example",
        "default_locale": "en",
        "minimum_age": "18",
        "retention_days": "90",
    }
    bob.post(at(rivers, "settings/"), fields)
    rivers.organisation.refresh_from_db()
    assert rivers.organisation.name == "Free Bcc: mallory@forge.example"
    assert rivers.organisation.sender_name == "Free Rivers"
    with django_capture_on_commit_callbacks(execute=True):
        bob.post(at(rivers, "members/"), {"email": "dana@rivers.example", "role": Role.EDITOR})
    assert mailoutbox[0].recipients() == ["dana@rivers.example"]


def test_a_retention_that_is_too_short_is_explained_and_nothing_is_lost(
    rivers: Campaign, bob: Client
) -> None:
    page = bob.post(at(rivers, "settings/"), {"name": "Kept name", "retention_days": "3"}).text
    assert "Kept name" in page
    assert "greater than or equal to 30" in page


def test_a_notice_can_be_looked_at_before_it_is_saved(rivers: Campaign, bob: Client) -> None:
    words = {"privacy_notice": "We keep **little**. <script>x</script>", "imprint": "Bob"}
    page = bob.post(at(rivers, "notices/en/"), {**words, "preview": "1"}).text
    assert "<strong>little</strong>" in page
    assert "<script>x" not in page
    assert not rivers.organisation.notices.exists()
    bob.post(at(rivers, "notices/en/"), words)
    assert rivers.organisation.notices.get().imprint == "Bob"


def test_a_colour_is_shown_as_it_will_be_read(rivers: Campaign, bob: Client) -> None:
    preview = bob.get(at(rivers, "branding/preview/"), {"accent": "#777777"}).text
    assert preview.count("<svg") == 2
    assert "not a colour" in bob.get(at(rivers, "branding/preview/"), {"accent": "red; }"}).text


@pytest.mark.parametrize("page", PAGES)
def test_an_organiser_sees_every_page_of_the_settings(rivers: Campaign, bob: Client, page: str) -> None:
    assert bob.get(at(rivers, page)).status_code == 200


def test_logo_and_colour_are_kept(rivers: Campaign, bob: Client) -> None:
    bob.post(at(rivers, "branding/"), {"logo": rivers.image.pk, "accent": "#123456"})
    branding = Branding.objects.get(organisation=rivers.organisation)
    assert (branding.logo, branding.accent) == (rivers.image, "#123456")
    assert AuditEntry.objects.filter(action="branding.changed").exists()


def test_somebody_elses_picture_cannot_become_the_logo(rivers: Campaign, bob: Client) -> None:
    mills = campaign_begin("mills")
    answer = bob.post(at(rivers, "branding/"), {"logo": mills.image.pk, "accent": "#123456"})
    assert answer.status_code == 404
    assert "mills" not in answer.text.lower()


def test_new_words_are_a_new_version_and_the_old_ones_stay(rivers: Campaign, bob: Client) -> None:
    bob.post(at(rivers, "asks/"), {"purpose": "updates", "channel": "email"})
    ask = ConsentAsk.objects.get()
    for words in ["May we write?", "May we write once a month?", "May we write once a month?"]:
        bob.post(at(rivers, f"asks/{ask.pk}/"), {"locale": "en", "text": words})
    assert list(ask.wordings.order_by("version").values_list("version", "text")) == [
        (1, "May we write?"),
        (2, "May we write once a month?"),
    ]
    page = bob.get(at(rivers, f"asks/{ask.pk}/")).text
    assert "May we write?" in page
    assert "once a month" in page


def test_the_same_question_is_not_asked_twice(rivers: Campaign, bob: Client) -> None:
    for _ in range(2):
        page = bob.post(at(rivers, "asks/"), {"purpose": "updates", "channel": "email"})
    assert "You already ask this" in page.text


def test_an_invited_person_gets_a_link_to_choose_a_password(
    rivers: Campaign,
    bob: Client,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        bob.post(at(rivers, "members/"), {"email": "Dora@rivers.example", "role": "editor"})
    membership = rivers.organisation.memberships.get(user__username="dora@rivers.example")
    assert membership.role == Role.EDITOR
    assert mailoutbox[0].to == ["dora@rivers.example"]
    assert "/admin/password_reset/confirm/" in str(mailoutbox[0].body)
    assert "bob@rivers.example invited you" in str(mailoutbox[0].body)


def test_the_last_organiser_cannot_leave(rivers: Campaign, bob: Client) -> None:
    member = at(rivers, f"members/{rivers.organiser.pk}/")
    for data in [{"remove": "1"}, {"role": "editor"}]:
        page = bob.post(member, data, follow=True).text
        assert "last organiser" in page
    assert rivers.organisation.memberships.filter(role=Role.ORGANISER).count() == 1


def test_a_member_who_is_removed_is_out_at_once(rivers: Campaign, bob: Client) -> None:
    eve = logged_in(rivers.editor)
    assert eve.get(f"/admin/pages/{rivers.petition.pk}/edit/").status_code == 200
    bob.post(at(rivers, f"members/{rivers.editor.pk}/"), {"remove": "1"})
    assert eve.get(f"/admin/pages/{rivers.petition.pk}/edit/").status_code in {302, 404}


def test_what_happened_is_listed_for_organisers(rivers: Campaign, bob: Client) -> None:
    page = bob.get(at(rivers, "history/")).text
    assert "Created the organisation “Rivers League”." in page
    assert "Added a person as moderator." in page
    assert rivers.moderator.email in page


def test_everything_that_is_recorded_has_a_sentence() -> None:
    recorded = {
        action
        for path in Path(undersign.__file__).parent.rglob("*.py")
        for action in re.findall(r"""(?:action=|act=\()"([a-z_]+\.[a-z_]+)\"""", path.read_text())
    }
    elsewhere = {action for action in recorded if action.startswith(("account.", "switch.", "wagtail."))}
    assert len(recorded) > 20
    assert recorded - elsewhere - SENTENCES.keys() == set()


def test_a_switch_that_is_released_and_changed_fields_read_well(rivers: Campaign) -> None:
    def said(action: str, **detail: object) -> str:
        return sentence(AuditEntry(action=action, detail=detail))

    assert said("petition.signing_paused", is_on=True) == "Paused signing."
    assert said("petition.signing_paused", is_on=False) == "Let people sign again."
    assert said("petition.form_changed", fields=["country", "closes_at", "gone"]) == (
        "Changed the form and settings: country, closes at and gone."
    )
    assert said("membership.added") == "Added a person as ."
    assert said("no.such") == "no.such"
    with override("de"):
        assert said("petition.published", locale="ar") == "Hat die Petition veröffentlicht (Arabisch)."


@pytest.mark.parametrize("role", [Role.EDITOR, Role.MODERATOR])
@pytest.mark.parametrize("page", PAGES)
def test_only_organisers_see_the_settings(rivers: Campaign, role: Role, page: str) -> None:
    assert logged_in(rivers.member(role)).get(at(rivers, page)).status_code == 404
