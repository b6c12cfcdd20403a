"""What may be typed into the form, and what is said when it may not."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.petitions import signable
from undersign.signing.errors import PetitionEnded, SigningPaused, TextChanged
from undersign.signing.forms import FormRefused, form_read, source_of
from undersign.signing.payload import Answer
from undersign.signing.queries.petitions import GRACE, AskedConsent, SignablePetition, SignableText

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PETITION = signable(
    texts={7: SignableText(7, "en", 1, None)},
    consents=(AskedConsent(3, "updates", "email", {"en": (12, 11, 10)}),),
)
TYPED = {
    "name": "Alice Ames",
    "email": "alice@people.example",
    "display": "full",
    "consent_3": "no",
    "wording_3": "12",
}


def codes(values: Mapping[str, str], petition: SignablePetition = PETITION) -> dict[str, str]:
    with pytest.raises(FormRefused) as refused:
        form_read(values, petition=petition, locale="en")
    return {error.field: error.code for error in refused.value.errors}


def asking(**fields: str) -> SignablePetition:
    return replace(PETITION, fields={**PETITION.fields, **fields})


def test_a_whole_form_is_read() -> None:
    payload = form_read(TYPED, petition=PETITION, locale="en")
    assert payload.details.name == "Alice Ames"
    assert payload.answers == (Answer(wording_id=12, is_given=False),)


def test_everything_that_is_missing_is_said_at_once() -> None:
    assert codes({}) == dict.fromkeys(["name", "email", "display", "consent_3"], "missing")


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("name", "x" * 10_000, "too_long"),
        ("name", "Al\0ice", "nul"),
        ("name", "Al\ud800ice", "surrogate"),
        ("name", "12345", "no_letters"),
        ("name", "Buy at https://spam.example", "link"),
        ("email", "alice", "no_at"),
        ("email", "alice@nowhere", "domain"),
        ("display", "shouting", "unknown"),
        ("consent_3", "maybe", "unknown"),
    ],
)
def test_a_bad_field_is_named_with_what_is_wrong(field: str, typed: str, code: str) -> None:
    assert codes({**TYPED, field: typed}) == {field: code}


def test_an_override_of_direction_does_not_reach_the_list() -> None:
    payload = form_read({**TYPED, "name": "Al\u202eice\u0007 Ames"}, petition=PETITION, locale="en")
    assert payload.details.name == "Alice Ames"


def test_a_consent_is_to_the_words_that_were_shown() -> None:
    older = form_read({**TYPED, "wording_3": "11"}, petition=PETITION, locale="en")
    assert older.answers[0].wording_id == 11
    assert codes({**TYPED, "wording_3": "10"}) == {"consent_3": "wording_changed"}


def test_what_is_not_asked_is_not_kept() -> None:
    payload = form_read({**TYPED, "phone": "+44 20 7946 0958"}, petition=PETITION, locale="en")
    assert payload.details.phone == ""


def test_optional_fields_may_stay_empty_and_required_ones_may_not() -> None:
    assert form_read(TYPED, petition=asking(postcode="optional"), locale="en").details.postcode == ""
    assert codes(TYPED, asking(postcode="required", country="required")) == {
        "country": "missing",
        "postcode": "missing",
    }


def test_a_phone_number_is_kept_as_it_is_dialled_from_anywhere() -> None:
    typed = {**TYPED, "phone": "030 901820"}
    assert form_read(typed, petition=asking(phone="required"), locale="de").details.phone == "+4930901820"
    assert codes({**TYPED, "phone": "12"}, asking(phone="required")) == {"phone": "phone"}


@given(st.dictionaries(st.sampled_from(["name", "email", "display", "consent_3", "wording_3"]), st.text()))
def test_whatever_is_posted_is_read_or_refused(values: dict[str, str]) -> None:
    with suppress(FormRefused):
        assert form_read(values, petition=PETITION, locale="en").details.name


def test_the_source_is_taken_from_the_address_and_made_harmless() -> None:
    assert source_of({"source": "leaflet"}) == "leaflet"
    assert source_of({"utm_source": "<b>x</b>"}) == "-b-x-b-"
    assert source_of({}) == ""


def test_a_petition_is_signed_until_it_closes_and_confirmed_for_a_day_longer() -> None:
    closing = replace(PETITION, closes_at=NOW)
    before = NOW - timedelta(seconds=1)
    closing.check_open(before)
    with pytest.raises(PetitionEnded):
        closing.check_open(NOW)
    closing.check_confirmable(before, NOW + timedelta(hours=23))
    with pytest.raises(PetitionEnded):
        closing.check_confirmable(before, NOW + GRACE)
    with pytest.raises(PetitionEnded):
        closing.check_confirmable(NOW, NOW)


def test_a_paused_petition_says_so() -> None:
    with pytest.raises(SigningPaused):
        replace(PETITION, is_paused=True).check_open(NOW)


def test_a_text_may_be_signed_a_minute_after_it_was_replaced_and_no_longer() -> None:
    replaced = replace(PETITION, texts={7: SignableText(7, "en", 1, NOW), 8: SignableText(8, "en", 2, None)})
    assert replaced.check_text(7, "en", NOW + timedelta(seconds=59)).version == 1
    with pytest.raises(TextChanged):
        replaced.check_text(8, "de", NOW)
    for text, at in [(7, NOW + timedelta(seconds=60)), (9, NOW)]:
        with pytest.raises(TextChanged):
            replaced.check_text(text, "en", at)
