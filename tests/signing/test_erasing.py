"""Whoever is erased while they press Confirm is gone all the same."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from tests.signing.conftest import Campaign, alice
from tests.signing.test_confirmations import Booth, Pool, booth  # noqa: F401 -- a fixture
from tests.waiting import until
from undersign.foundation.ids import uuid7
from undersign.messaging.models import OutboxMail
from undersign.signing.models import Attempt, Signature
from undersign.signing.services.candidates import Confirmation
from undersign.signing.services.confirmations import Outcome, signatures_confirm
from undersign.supporters.mailbox import KnownMailbox, known_mailbox, parse_address
from undersign.supporters.models import Supporter, Suppression
from undersign.supporters.services.erasing import mailbox_erase

pytestmark = [pytest.mark.anyio, pytest.mark.django_db(transaction=True)]

WAITING = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def mailbox(campaign: Campaign, booth: Booth) -> KnownMailbox:  # noqa: F811
    return known_mailbox(
        parse_address("Alice@people.example"),
        organisation_id=campaign.petition.organisation_id,
        index_keys=[booth.keys.index_key],
    )


def erase(known: KnownMailbox, file: Path) -> None:
    mailbox_erase(mailbox=known, by=None, at=datetime.now(UTC), erasures_file=file)
    connection.close()


def somebody_waits() -> bool | None:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchall()) or None


async def test_the_link_of_a_form_that_was_erased_confirms_nothing(
    campaign: Campaign,
    booth: Booth,  # noqa: F811
    tmp_path: Path,
) -> None:
    [attempt] = await booth.attempt(campaign, alice())
    await sync_to_async(erase)(mailbox(campaign, booth), tmp_path / "erasures")
    assert await booth.confirm(campaign, [attempt.id]) == [Outcome.GONE]
    assert not await OutboxMail.objects.aexists()
    assert await booth.count(campaign) == 0
    assert await booth.sign(campaign, alice()) == [Outcome.CONFIRMED]  # they may change their mind


async def test_a_confirmation_under_way_is_waited_for_and_erased(
    campaign: Campaign,
    booth: Booth,  # noqa: F811
    pool: Pool,
    tmp_path: Path,
) -> None:
    [attempt] = await booth.attempt(campaign, alice())
    signable = campaign.signable
    wish = Confirmation(attempt.id, signable.id, signable.organisation_id, 1, datetime.now(UTC))
    async with pool.connection() as confirming:
        outcome = await signatures_confirm(confirming, [wish], keys=booth.keys)
        known = mailbox(campaign, booth)
        erasing = asyncio.create_task(asyncio.to_thread(erase, known, tmp_path / "erasures"))
        await sync_to_async(until)(somebody_waits)
        await confirming.commit()
        await erasing
    assert outcome == [Outcome.CONFIRMED]
    assert not await Supporter.objects.aexists()
    assert not await Signature.objects.aexists()
    assert not await Attempt.objects.aexists()
    assert await Suppression.objects.acount() == 1
    assert await booth.count(campaign) == 0


async def test_a_count_that_falls_below_what_was_folded_is_folded(
    campaign: Campaign,
    booth: Booth,  # noqa: F811
    tmp_path: Path,
) -> None:
    await booth.sign(campaign, alice(), alice("ted@people.example", "Ted Tate"))
    assert await booth.count(campaign) == 2
    await sync_to_async(erase)(mailbox(campaign, booth), tmp_path / "erasures")
    assert await booth.count(campaign) == 1


async def test_a_form_from_a_node_whose_clock_is_ahead_is_erased_too(
    campaign: Campaign,
    booth: Booth,  # noqa: F811
    tmp_path: Path,
) -> None:
    [attempt] = await booth.attempt(campaign, alice())
    ahead = uuid7(datetime.now(UTC) + timedelta(minutes=3))
    await Attempt.objects.filter(pk=attempt.id).aupdate(id=ahead)
    await sync_to_async(erase)(mailbox(campaign, booth), tmp_path / "erasures")
    assert not await Attempt.objects.aexists()
