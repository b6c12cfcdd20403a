"""A moderator looks at held forms and lets the honest ones out."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from tests.moderation.conftest import Desk, browser_of
from tests.moderation.test_held import STORE
from undersign.foundation.ids import uuid7
from undersign.messaging.models import OutboxMail
from undersign.signing.models import Attempt


def hold(desk: Desk, reason: str = "honeypot", network: str = "192.0.2.0/24") -> UUID:
    attempt_id, petition = uuid7(), desk.people.petition
    with connection.cursor() as cursor:
        cursor.execute(STORE, (attempt_id, petition.pk, network, reason))
    OutboxMail.objects.create(
        kind="confirm",
        cause_id=attempt_id,
        organisation=petition.organisation,
        petition_id=petition.pk,
        email_key=bytes(32),
        status="held",
        not_before=datetime.now(UTC),
    )
    return attempt_id


def held() -> set[UUID]:
    return set(Attempt.objects.exclude(held_reason="").values_list("pk", flat=True))


def seen(desk: Desk, **query: str) -> str:
    return " ".join(desk.browser.get(desk.address("held", **query)).text.split())


def test_what_is_held_is_shown_with_its_reason(desk: Desk) -> None:
    hold(desk)
    hold(desk, "network", "198.51.100.0/24")
    page = seen(desk)
    assert "<strong>2</strong> forms are held" in page
    assert "filled in a field that people do not see" in page
    assert "<strong>1</strong> form is held" in seen(desk, network="198.51.0.0/16")
    assert "<strong>1</strong> form is held" in seen(desk, reason="honeypot")
    assert "No held form is like this" in seen(desk, domain="people.example")


def test_nothing_held_says_what_will_be_here(desk: Desk) -> None:
    assert "No form is held" in seen(desk)


def test_what_is_ticked_goes_out(desk: Desk) -> None:
    honest, other = hold(desk), hold(desk)
    answer = desk.browser.post(desk.address("release"), {"id": [str(honest)]}, follow=True)
    assert "1 form was let out" in answer.text
    assert held() == {other}
    assert OutboxMail.objects.get(cause_id=honest).status == "queued"


def test_everything_that_was_chosen_goes_out_and_nothing_else(desk: Desk) -> None:
    hold(desk, network="192.0.2.0/24")
    hold(desk, network="192.0.2.0/24")
    other = hold(desk, network="198.51.100.0/24")
    desk.browser.post(desk.address("release", network="192.0.2.0/24"), {"all": "1"})
    assert held() == {other}


@pytest.mark.parametrize("form", [{}, {"id": "x"}, {"id": ["x"]}])
def test_nothing_ticked_lets_nothing_out(desk: Desk, form: dict[str, str]) -> None:
    kept = hold(desk)
    answer = desk.browser.post(desk.address("release"), form, follow=True)
    assert "Tick the forms" in answer.text
    assert held() == {kept}


def test_somebody_elses_forms_stay_held(desk: Desk, mallory: Client) -> None:
    kept = hold(desk)
    assert mallory.get(desk.address("held")).status_code == 404
    assert mallory.post(desk.address("release"), {"id": [str(kept)]}).status_code == 404
    assert browser_of(desk.people.editor).get(desk.address("held")).status_code == 404
    own = mallory.get("/admin/petitions/").text
    assert "rivers" not in own
    assert held() == {kept}
