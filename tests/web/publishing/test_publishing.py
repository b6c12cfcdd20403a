"""A campaigner writes, shows, publishes and changes a petition in a browser."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale
from wagtail.test.utils.form_data import nested_form_data, rich_text

from tests.web.publishing.conftest import Edit, Write, petition_form
from undersign.campaigns.models import Petition, PetitionText
from undersign.campaigns.queries import current_texts
from undersign.foundation.ids import uuid7
from undersign.foundation.models import AuditEntry
from undersign.signing.models import Signature
from undersign.supporters.models import Supporter
from undersign.web.models import OrganisationPage, PetitionPage


def sign(petition: Petition) -> Signature:
    """Alice signs what stands before the public."""
    now = timezone.now()
    supporter = Supporter.objects.create(
        organisation=petition.organisation, email_sealed=b"", email_key=bytes(32), locale="en", created_at=now
    )
    return Signature.objects.create(
        petition=petition,
        supporter=supporter,
        attempt_id=uuid7(),
        text=current_texts([petition.pk]).first(),
        name_key=b"",
        sealed=b"",
        display="anonymous",
        locale="en",
        confirmed_at=now,
    )


def test_a_draft_has_a_petition_that_nobody_can_sign_yet(write: Write, rivers: OrganisationPage) -> None:
    page = write()
    assert not page.live
    assert page.petition.state == Petition.State.DRAFT
    assert page.petition.organisation == rivers.organisation
    assert page.petition.slug == "open-the-weir"
    assert not PetitionText.objects.exists()


def test_publishing_opens_the_petition_and_keeps_its_words(write: Write, bob: Any) -> None:
    page = write(publish=True)
    assert page.live
    assert page.petition.state == Petition.State.OPEN
    assert page.petition.published_at == page.last_published_at
    text = current_texts([page.petition_id]).get()
    assert text.title == "Open the weir"
    assert text.story == (
        "## A century of concrete\n\nThe weir has been shut since 1911.\n\n"
        "“I have not seen a salmon here in my life.”\n— Ida, 92"
    )
    assert text.letter == "We ask you to open the weir."
    assert [target.name for target in text.targets.all()] == ["Cleo Marsh"]
    assert text.version.made_by == bob
    assert list(AuditEntry.objects.filter(actor=bob).values_list("action", flat=True)) == [
        "petition.created",
        "petition.text_published",
        "petition.published",
    ]


def test_the_editor_shows_every_part(browser: Client, write: Write) -> None:
    page = write()
    html = browser.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    for name in [
        "ask",
        "photo",
        "goal",
        "salutation",
        "signoff_name",
        "slug",
        "targets-0-name",
        "sources-0-url",
    ]:
        assert f'name="{name}"' in html


def test_a_draft_is_previewed_before_it_is_saved(browser: Client, rivers: OrganisationPage) -> None:
    address = reverse("wagtailadmin_pages:preview_on_add", args=["web", "petitionpage", rivers.pk])
    assert browser.post(address, petition_form()).json()["is_valid"]
    preview = browser.get(address, {"mode": ""})
    assert preview.status_code == 200
    assert "Open the weir at Ouse for the salmon." in preview.content.decode()
    assert "no-store" in preview["Cache-Control"]
    assert "frame-ancestors 'self'" in preview["Content-Security-Policy"]
    assert not Petition.objects.exists()


def test_the_page_of_an_organisation_is_previewed_as_visitors_will_see_it(
    browser: Client, write: Write, rivers: OrganisationPage
) -> None:
    write(publish=True)
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[rivers.pk])
    typed = {"title": "Free Rivers", "slug": "free-rivers", "intro": rich_text("<p>We free rivers.</p>")}
    assert browser.post(address, nested_form_data(typed)).json()["is_valid"]
    preview = browser.get(address, {"mode": ""})
    html = preview.content.decode()
    assert "We free rivers." in html
    assert "Open the weir at Ouse for the salmon." in html
    assert "/theme/" in html
    assert "frame-ancestors 'self'" in preview["Content-Security-Policy"]
    rivers.refresh_from_db()
    assert rivers.intro == ""


def test_the_preview_follows_what_is_typed(browser: Client, write: Write) -> None:
    page = write(publish=True)
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    browser.post(address, petition_form(ask="Tear it down."))
    assert "Tear it down." in browser.get(address, {"mode": ""}).content.decode()
    assert PetitionPage.objects.get().ask == "Open the weir at Ouse for the salmon."


def test_a_draft_of_a_published_petition_changes_nothing_for_visitors(write: Write, edit: Edit) -> None:
    page = write(publish=True)
    assert edit(page, ask="Tear it down.").status_code == 302
    assert PetitionPage.objects.get().ask == "Open the weir at Ouse for the salmon."
    assert current_texts([page.petition_id]).get().ask == "Open the weir at Ouse for the salmon."


def test_editing_what_somebody_signed_makes_a_new_version(write: Write, edit: Edit) -> None:
    page = write(publish=True)
    signature = sign(page.petition)
    edit(page, publish=True, ask="Tear it down.")
    text = current_texts([page.petition_id]).get()
    assert (text.version.number, text.ask) == (2, "Tear it down.")
    signature.refresh_from_db()
    assert signature.text.ask == "Open the weir at Ouse for the salmon."


def test_a_correction_before_the_first_signature_stays_version_one(write: Write, edit: Edit) -> None:
    page = write(publish=True)
    edit(page, publish=True, ask="Open it.")
    text = current_texts([page.petition_id]).get()
    assert (text.version.number, text.ask) == (1, "Open it.")


def test_going_back_to_an_old_revision_is_a_new_version_again(
    browser: Client, write: Write, edit: Edit
) -> None:
    page = write(publish=True)
    old = page.latest_revision
    sign(page.petition)
    edit(page, publish=True, ask="Tear it down.")
    Signature.objects.update(id=uuid7())
    edit(page, publish=True, revision=str(old.pk))
    assert current_texts([page.petition_id]).get().ask == "Open the weir at Ouse for the salmon."
    assert current_texts([page.petition_id]).get().version.number == 3


def test_a_scheduled_petition_opens_when_its_time_has_come(write: Write) -> None:
    tomorrow = timezone.localtime() + timedelta(days=1)
    page = write(publish=True, go_live_at=tomorrow.strftime("%Y-%m-%d %H:%M"))
    assert page.petition.state == Petition.State.DRAFT
    assert not PetitionText.objects.exists()
    page.revisions.update(approved_go_live_at=timezone.now() - timedelta(minutes=1))
    PetitionPage.objects.update(go_live_at=timezone.now() - timedelta(minutes=1))
    revision = page.revisions.get()
    revision.content["go_live_at"] = (timezone.now() - timedelta(minutes=1)).isoformat()
    revision.save()
    call_command("publish_scheduled")
    page.refresh_from_db()
    assert page.live
    assert Petition.objects.get().state == Petition.State.OPEN
    assert current_texts([page.petition_id]).get().version.number == 1


def test_a_petition_expires_on_the_day_that_was_set(write: Write) -> None:
    page = write(publish=True)
    PetitionPage.objects.update(expire_at=timezone.now() - timedelta(minutes=1))
    call_command("publish_scheduled")
    page.refresh_from_db()
    assert not page.live
    assert AuditEntry.objects.latest("pk").action == "petition.unpublished"


def test_two_petitions_cannot_have_one_address(
    browser: Client, write: Write, rivers: OrganisationPage
) -> None:
    write()
    address = reverse("wagtailadmin_pages:add", args=["web", "petitionpage", rivers.pk])
    response = browser.post(address, petition_form(title="Another"))
    assert "Another petition on this site already has this address" in response.content.decode()
    assert Petition.objects.count() == 1


def test_an_address_is_unique_across_organisations(write: Write, mills: OrganisationPage) -> None:
    operator = User.objects.create_superuser("operator@undersign.example")
    write()
    copy = PetitionPage.objects.get().copy(to=mills, keep_live=False, user=operator)
    assert copy.petition.slug == copy.slug == "open-the-weir-2"
    assert copy.petition.organisation == mills.organisation


def test_the_address_of_a_draft_can_change(write: Write, edit: Edit) -> None:
    page = write()
    assert edit(page, slug="free-the-ouse").status_code == 302
    assert Petition.objects.get().slug == "free-the-ouse"
    assert PetitionPage.objects.get().url == "/p/free-the-ouse/"


def test_the_address_of_a_published_petition_stays(write: Write, edit: Edit) -> None:
    page = write(publish=True)
    response = edit(page, slug="free-the-ouse")
    assert "links to it would break" in response.content.decode()
    assert Petition.objects.get().slug == "open-the-weir"


def test_a_copy_is_a_petition_of_its_own(browser: Client, write: Write, rivers: OrganisationPage) -> None:
    page = write(publish=True)
    browser.post(
        reverse("wagtailadmin_pages:copy", args=[page.pk]),
        {"new_title": "Open the mill", "new_slug": "open-the-mill", "new_parent_page": rivers.pk},
    )
    copy = PetitionPage.objects.latest("pk")
    assert copy.petition != page.petition
    assert copy.petition.slug == copy.slug == "open-the-mill"
    assert copy.petition.state == Petition.State.DRAFT
    assert [target.name for target in copy.targets.all()] == ["Cleo Marsh"]
    assert copy.get_latest_revision_as_object().petition == copy.petition


def test_a_copy_that_stays_live_is_published_as_its_own_petition(
    browser: Client, write: Write, rivers: OrganisationPage
) -> None:
    page = write(publish=True)
    form = {"new_title": "Open the mill", "new_slug": "open-the-mill", "new_parent_page": rivers.pk}
    browser.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), form | {"publish_copies": "on"})
    copy = PetitionPage.objects.latest("pk")
    assert copy.petition.state == Petition.State.OPEN
    assert current_texts([copy.petition_id]).get().title == "Open the mill"


def test_a_translation_shares_petition_and_address(
    browser: Client, write: Write, edit: Edit, rivers: OrganisationPage
) -> None:
    page = write(publish=True)
    german = Locale.objects.get(language_code="de")
    address = reverse("simple_translation:submit_page_translation", args=[page.pk])
    for _pressed_twice in range(2):
        browser.post(address, {"locales": [german.pk]})
    translated = PetitionPage.objects.get(locale=german)
    assert not rivers.get_translation(german).live  # it came along
    assert translated.petition == page.petition
    assert (translated.slug, translated.url) == ("open-the-weir", "/de/p/open-the-weir/")
    edit(translated, publish=True, title="Öffnet das Wehr")
    texts = {text.locale: text for text in current_texts([page.petition_id])}
    assert texts["de"].title == "Öffnet das Wehr"
    assert texts["de"].version == texts["en"].version


def test_a_translation_of_a_scheduled_petition_waits_for_nothing(browser: Client, write: Write) -> None:
    tomorrow = timezone.localtime() + timedelta(days=1)
    page = write(publish=True, go_live_at=tomorrow.strftime("%Y-%m-%d %H:%M"))
    german = Locale.objects.get(language_code="de")
    browser.post(
        reverse("simple_translation:submit_page_translation", args=[page.pk]), {"locales": [german.pk]}
    )
    translated = PetitionPage.objects.get(locale=german)
    assert translated.go_live_at is translated.get_latest_revision_as_object().go_live_at is None
    page.refresh_from_db()
    assert page.go_live_at is not None


def test_a_petition_has_one_page_in_each_language(write: Write) -> None:
    page = write()
    twin = page.copy_for_translation(Locale.objects.get(language_code="de"), copy_parents=True)
    with pytest.raises(Exception, match="one_page_per_language"):
        PetitionPage.objects.filter(pk=twin.pk).update(language="en")


def test_unpublishing_takes_the_page_away_and_keeps_the_signatures(
    browser: Client, write: Write, bob: Any
) -> None:
    page = write(publish=True)
    sign(page.petition)
    browser.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    page.refresh_from_db()
    assert not page.live
    assert Signature.objects.count() == 1
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.actor) == ("petition.unpublished", bob)


def test_deleting_the_page_keeps_petition_signatures_and_texts(browser: Client, write: Write) -> None:
    page = write(publish=True)
    sign(page.petition)
    browser.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    assert not PetitionPage.objects.exists()
    assert Petition.objects.count() == Signature.objects.count() == PetitionText.objects.count() == 1


def test_a_page_stays_in_the_organisation_that_people_signed_with(
    write: Write, mills: OrganisationPage
) -> None:
    page = write(publish=True)
    assert not page.can_move_to(mills)
    assert page.can_move_to(page.get_parent())


def test_a_failure_while_keeping_the_words_leaves_nothing_published(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = write()

    def fails(**_: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr("undersign.web.publishing.petition_publish", fails)
    with pytest.raises(ConnectionError):
        page.latest_revision.publish()
    page.refresh_from_db()
    assert not page.live
    assert not PetitionText.objects.exists()


def test_a_title_too_long_to_keep_is_refused_at_the_form(browser: Client, rivers: OrganisationPage) -> None:
    address = reverse("wagtailadmin_pages:add", args=["web", "petitionpage", rivers.pk])
    response = browser.post(address, petition_form(title="x" * 201))
    assert "at most 200 characters" in response.content.decode()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://rivers.example/", "data:text/html,x"])
def test_a_source_links_to_the_web_and_nowhere_else(
    browser: Client, rivers: OrganisationPage, url: str
) -> None:
    address = reverse("wagtailadmin_pages:add", args=["web", "petitionpage", rivers.pk])
    form = petition_form() | {"sources-0-url": url, "action-publish": "1"}
    assert browser.post(address, form).status_code == 200
    assert not PetitionPage.objects.filter(live=True).exists()
