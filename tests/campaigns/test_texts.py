"""People put their name to words, and those words stay."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.contrib.auth.models import User

from tests.campaigns.conftest import NOON
from undersign.campaigns.drafts import TargetDraft, TextDraft
from undersign.campaigns.models import Petition, PetitionText
from undersign.campaigns.queries import current_texts, text_history, texts_standing_since
from undersign.campaigns.services import petition_text_publish
from undersign.foundation.changes import changes_since, petition_topic
from undersign.foundation.models import AuditEntry

DRAFT = TextDraft(
    title="Open the weir",
    ask="Open the weir at Ouse for the salmon.",
    story="It has been shut since 1911.",
    letter="We ask you to open it.",
    targets=(TargetDraft(name="Cleo Marsh", role="Minister for Water"),),
)
ENTWURF = replace(DRAFT, title="Öffnet das Wehr", ask="Öffnet das Wehr für die Lachse.")
Act = Callable[[PetitionText, datetime], UUID]


def publish(petition: Petition, draft: TextDraft, minutes: int, *, locale: str = "en") -> PetitionText:
    at = NOON + timedelta(minutes=minutes)
    return petition_text_publish(petition=petition, locale=locale, draft=draft, by=None, at=at)


def test_the_first_text_is_version_one_with_its_targets(weir: Petition, bob: User) -> None:
    text = petition_text_publish(petition=weir, locale="en", draft=DRAFT, by=bob, at=NOON)
    assert text.version.number == 1
    assert text.version.made_by == bob
    assert TextDraft.of(text) == DRAFT


def test_the_same_words_again_change_nothing(weir: Petition) -> None:
    first = publish(weir, DRAFT, 1)
    entries = AuditEntry.objects.count()
    assert publish(weir, DRAFT, 2) == first
    assert AuditEntry.objects.count() == entries


def test_words_nobody_has_signed_are_replaced_within_the_version(weir: Petition) -> None:
    publish(weir, DRAFT, 1)
    text = publish(weir, replace(DRAFT, title="Open the weir now"), 2)
    assert text.version.number == 1
    assert [current.title for current in current_texts([weir.pk])] == ["Open the weir now"]


def test_whoever_was_just_reading_signs_what_they_read(weir: Petition) -> None:
    read = publish(weir, DRAFT, 1)
    publish(weir, replace(DRAFT, title="Open the weir now"), 2)
    read.refresh_from_db()
    assert read.title == "Open the weir"
    assert read.replaced_at == NOON + timedelta(minutes=2)
    standing = texts_standing_since([weir.pk], since=NOON + timedelta(minutes=2))
    assert [text.title for text in standing] == ["Open the weir", "Open the weir now"]
    assert len(texts_standing_since([weir.pk], since=NOON + timedelta(minutes=3))) == 1


@pytest.mark.parametrize("act", ["alice_begins_to_sign", "alice_signs"])
def test_words_that_somebody_may_have_signed_make_a_new_version(
    weir: Petition, act: str, request: pytest.FixtureRequest
) -> None:
    sign: Act = request.getfixturevalue(act)
    signed = publish(weir, DRAFT, 1)
    sign(signed, NOON + timedelta(minutes=2))
    text = publish(weir, replace(DRAFT, ask="Tear the weir down."), 3)
    assert text.version.number == 2
    signed.refresh_from_db()
    assert TextDraft.of(signed) == DRAFT
    assert [old.version.number for old in text_history(weir, "en")] == [2, 1]


def test_another_target_is_another_text(weir: Petition, alice_signs: Act) -> None:
    alice_signs(publish(weir, DRAFT, 1), NOON + timedelta(minutes=2))
    text = publish(weir, replace(DRAFT, targets=(TargetDraft(name="Ada Brook"),)), 3)
    assert text.version.number == 2


def test_a_signature_of_an_older_version_does_not_bind_the_newer(weir: Petition, alice_signs: Act) -> None:
    alice_signs(publish(weir, DRAFT, 1), NOON + timedelta(minutes=2))
    publish(weir, replace(DRAFT, ask="Two."), 3)
    assert publish(weir, replace(DRAFT, ask="Three."), 4).version.number == 2


def test_a_second_language_completes_the_version(weir: Petition, alice_signs: Act) -> None:
    alice_signs(publish(weir, DRAFT, 1), NOON + timedelta(minutes=2))
    assert publish(weir, ENTWURF, 3, locale="de").version.number == 1


def test_a_new_version_carries_the_other_languages_over(weir: Petition, alice_signs: Act) -> None:
    english = publish(weir, DRAFT, 1)
    publish(weir, ENTWURF, 2, locale="de")
    alice_signs(english, NOON + timedelta(minutes=3))
    publish(weir, replace(DRAFT, ask="Tear it down."), 4)
    german = current_texts([weir.pk]).get(locale="de")
    assert (german.version.number, german.is_carried_over) == (2, True)
    assert TextDraft.of(german) == ENTWURF
    assert [text.version.number for text in text_history(weir, "de")] == [1]


def test_a_translation_that_catches_up_makes_no_version(weir: Petition, alice_signs: Act) -> None:
    english = publish(weir, DRAFT, 1)
    publish(weir, ENTWURF, 2, locale="de")
    alice_signs(english, NOON + timedelta(minutes=3))
    publish(weir, replace(DRAFT, ask="Tear it down."), 4)
    alice_begins = NOON + timedelta(minutes=5)
    alice_signs_again = current_texts([weir.pk]).get(locale="de")
    assert alice_signs_again.made_at < alice_begins
    german = publish(weir, replace(ENTWURF, ask="Reißt es ab."), 6, locale="de")
    assert (german.version.number, german.is_carried_over) == (2, False)


def test_a_carried_over_translation_can_be_published_as_it_is(weir: Petition, alice_signs: Act) -> None:
    english = publish(weir, DRAFT, 1)
    publish(weir, ENTWURF, 2, locale="de")
    alice_signs(english, NOON + timedelta(minutes=3))
    publish(weir, replace(DRAFT, ask="Tear it down."), 4)
    german = publish(weir, ENTWURF, 5, locale="de")
    assert (german.version.number, german.is_carried_over) == (2, False)


def test_new_words_are_recorded_and_made_known(weir: Petition, bob: User) -> None:
    before = changes_since(NOON)[petition_topic(weir.pk)]
    petition_text_publish(petition=weir, locale="en", draft=DRAFT, by=bob, at=NOON)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.actor, entry.organisation_id) == (
        "petition.text_published",
        bob,
        weir.organisation_id,
    )
    assert changes_since(NOON)[petition_topic(weir.pk)] > before
    assert changes_since(NOON + timedelta(seconds=1)) == {}
