"""Many names taken off at once, and exactly those put back."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db.models import Sum

from tests.signing.conftest import Campaign
from undersign.foundation.ids import uuid7
from undersign.signing.models import Signature, SignatureEvent, TallyDelta
from undersign.signing.services.mass_withdrawals import (
    Withdrawal,
    signatures_restore,
    signatures_withdraw_by_moderator,
)
from undersign.signing.services.withdrawals import signature_withdraw_by_signer
from undersign.supporters.models import Supporter

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def signed(campaign: Campaign, number: int) -> Signature:
    supporter = Supporter.objects.create(
        organisation=campaign.petition.organisation,
        email_sealed=b"sealed",
        email_key=number.to_bytes(32, "big"),
        locale="en",
        created_at=NOON,
    )
    return Signature.objects.create(
        petition=campaign.petition,
        supporter=supporter,
        attempt_id=uuid7(),
        text=campaign.text,
        name_key=b"n",
        sealed=b"sealed",
        display="anonymous",
        locale="en",
        confirmed_at=NOON,
    )


def withdraw(campaign: Campaign, ids: list[UUID]) -> list[Withdrawal]:
    return signatures_withdraw_by_moderator(
        ids=ids, petition_id=campaign.petition.pk, by=None, reason="made up", at=NOON
    )


def restore(campaign: Campaign, withdrawals: list[Withdrawal]) -> list[Withdrawal]:
    return signatures_restore(
        withdrawals=withdrawals,
        petition_id=campaign.petition.pk,
        by=None,
        reason="a mistake",
        at=NOON + timedelta(hours=1),
    )


def change_of_count() -> int:
    return int(TallyDelta.objects.aggregate(n=Sum("delta"))["n"] or 0)


def test_many_are_taken_off_with_an_event_each_and_the_count_follows(campaign: Campaign) -> None:
    ids = [signed(campaign, number).pk for number in range(5)]
    taken = withdraw(campaign, ids[:3])
    assert {each.signature_id for each in taken} == set(ids[:3])
    assert set(Signature.objects.filter(state="withdrawn").values_list("pk", "withdrawn_by")) == {
        (id_, "moderator") for id_ in ids[:3]
    }
    assert SignatureEvent.objects.filter(kind="withdrawn", reason="made up").count() == 3
    assert change_of_count() == -3
    assert withdraw(campaign, ids[:3]) == []
    assert change_of_count() == -3


def test_what_was_taken_off_is_put_back_once(campaign: Campaign) -> None:
    taken = withdraw(campaign, [signed(campaign, number).pk for number in range(3)])
    assert len(restore(campaign, taken)) == 3
    assert restore(campaign, taken) == []
    assert Signature.objects.filter(state="confirmed", withdrawn_by="").count() == 3
    assert change_of_count() == 0


def test_what_changed_since_stays_as_it_is(campaign: Campaign) -> None:
    by_owner, again, erased, left = (signed(campaign, number) for number in range(4))
    taken = withdraw(campaign, [each.pk for each in (by_owner, again, erased, left)])
    restore(campaign, [each for each in taken if each.signature_id in (by_owner.pk, again.pk)])
    signature_withdraw_by_signer(signature=by_owner, at=NOON)
    later = withdraw(campaign, [again.pk])
    Signature.objects.filter(pk=erased.pk).delete()
    assert [each.signature_id for each in restore(campaign, taken)] == [left.pk]
    assert [each.signature_id for each in restore(campaign, later)] == [again.pk]


def test_a_petition_is_not_touched_through_another(campaign: Campaign) -> None:
    signature = signed(campaign, 1)
    assert (
        signatures_withdraw_by_moderator(
            ids=[signature.pk], petition_id=campaign.petition.pk + 1, by=None, reason="", at=NOON
        )
        == []
    )
