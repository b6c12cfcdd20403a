"""From attempts to signatures, against a real PostgreSQL."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from tests.signing.conftest import Campaign, alice, make_campaign
from tests.waiting import until
from undersign.foundation.ids import uuid7
from undersign.foundation.keys.ring import make_ring
from undersign.foundation.sealing import Sealer
from undersign.messaging.models import OutboxMail
from undersign.signing.identity import SigningKeys, mail_domains
from undersign.signing.models import Attempt, Signature, SignatureEvent, Tally
from undersign.signing.payload import Answer, AttemptPayload, address_open, signature_open
from undersign.signing.services.attempts import NewAttempt, attempt_new, attempt_send_again, attempts_write
from undersign.signing.services.candidates import Confirmation
from undersign.signing.services.confirmations import Outcome, signatures_confirm
from undersign.signing.services.tallies import tallies_fold
from undersign.signing.services.withdrawals import (
    signature_withdraw_by_moderator,
    signature_withdraw_by_signer,
)
from undersign.supporters.models import Consent, Supporter

pytestmark = [pytest.mark.anyio, pytest.mark.django_db(transaction=True)]

WAITING = """
SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'transactionid'
"""

Pool = AsyncConnectionPool[AsyncConnection[Any]]


class Booth:
    """Signs and confirms, each call a transaction of its own."""

    def __init__(self, pool: Pool, keys: SigningKeys) -> None:
        self.pool = pool
        self.keys = keys

    async def attempt(self, campaign: Campaign, *payloads: AttemptPayload) -> list[NewAttempt]:
        at = datetime.now(UTC)
        made = [
            attempt_new(p, campaign.circumstances(), petition=campaign.signable, keys=self.keys, at=at)
            for p in payloads
        ]
        async with self.pool.connection() as connection:
            await attempts_write(connection, made)
        return made

    async def confirm(
        self, campaign: Campaign, ids: Sequence[UUID], keys: SigningKeys | None = None
    ) -> list[Outcome]:
        signable, at = campaign.signable, datetime.now(UTC)
        confirmations = [
            Confirmation(id_, signable.id, signable.organisation_id, signable.names_per_mailbox, at)
            for id_ in ids
        ]
        async with self.pool.connection() as connection:
            return await signatures_confirm(connection, confirmations, keys=keys or self.keys)

    async def sign(self, campaign: Campaign, *payloads: AttemptPayload) -> list[Outcome]:
        attempts = await self.attempt(campaign, *payloads)
        return await self.confirm(campaign, [attempt.id for attempt in attempts])

    async def count(self, campaign: Campaign) -> int:
        async with self.pool.connection() as connection:
            await tallies_fold(connection, at=datetime.now(UTC))
        tally = await Tally.objects.filter(petition=campaign.petition).afirst()
        rows = await Signature.objects.filter(petition=campaign.petition, state="confirmed").acount()
        count = tally.count if tally else 0
        assert count == rows
        return count


@pytest.fixture
def booth(pool: Pool, keys: SigningKeys) -> Booth:
    return Booth(pool, keys)


async def test_an_attempt_makes_no_supporter_and_no_count(campaign: Campaign, booth: Booth) -> None:
    [attempt] = await booth.attempt(campaign, alice())
    assert await Attempt.objects.filter(id=attempt.id).aexists()
    assert await OutboxMail.objects.filter(cause_id=attempt.id, status="queued").aexists()
    assert not await Supporter.objects.aexists()
    assert await booth.count(campaign) == 0


async def test_a_confirmed_attempt_becomes_supporter_signature_consent_and_count(
    campaign: Campaign, booth: Booth, keys: SigningKeys
) -> None:
    answers = (Answer(campaign.wording.id, is_given=True),)
    assert await booth.sign(campaign, alice(answers=answers)) == [Outcome.CONFIRMED]

    supporter = await Supporter.objects.aget()
    signature = await Signature.objects.aget()
    consent = await Consent.objects.aget()
    assert address_open(supporter.email_sealed, supporter_id=supporter.id, sealer=keys.sealer) == (
        "alice@people.example"
    )
    assert (
        signature_open(signature.sealed, signature_id=signature.id, sealer=keys.sealer).name == "Alice Ames"
    )
    assert (signature.public_name, signature.text_id, signature.source) == (
        "Alice Ames",
        campaign.text.id,
        "leaflet",
    )
    assert (consent.supporter_id, consent.is_given) == (supporter.id, True)
    assert await SignatureEvent.objects.filter(signature=signature, kind="confirmed").acount() == 1
    assert await booth.count(campaign) == 1


async def test_confirming_again_changes_nothing(campaign: Campaign, booth: Booth) -> None:
    [attempt] = await booth.attempt(campaign, alice(answers=(Answer(campaign.wording.id, is_given=False),)))
    first = await booth.confirm(campaign, [attempt.id])
    again = await booth.confirm(campaign, [attempt.id])
    assert (first, again) == ([Outcome.CONFIRMED], [Outcome.ALREADY])
    assert await Consent.objects.acount() == 1
    assert await booth.count(campaign) == 1


@pytest.mark.parametrize("spelling", ["ALICE@people.example", " alice@PEOPLE.example "])
async def test_a_repeated_signature_is_counted_once(campaign: Campaign, booth: Booth, spelling: str) -> None:
    await booth.sign(campaign, alice())
    assert await booth.sign(campaign, alice(email=spelling, name="Somebody else")) == [Outcome.ALREADY]
    assert await booth.count(campaign) == 1


async def test_the_same_mailbox_twice_in_one_batch_is_counted_once(campaign: Campaign, booth: Booth) -> None:
    outcomes = await booth.sign(
        campaign,
        alice("a.l.i.c.e@gmail.com"),
        alice("alice+petition@googlemail.com"),
        alice("Alice@gmail.com"),
    )
    assert sorted(outcome.value for outcome in outcomes) == ["already", "already", "confirmed"]
    assert await booth.count(campaign) == 1


async def test_the_attempt_that_is_confirmed_counts_not_the_one_before(
    campaign: Campaign, booth: Booth
) -> None:
    """Mallory signs with Alice's address; only what Alice confirms becomes a signature."""
    _mallorys, alices = await booth.attempt(campaign, alice(name="Rude word"), alice())
    assert await booth.confirm(campaign, [alices.id]) == [Outcome.CONFIRMED]
    assert (await Signature.objects.aget()).public_name == "Alice Ames"


async def test_two_people_may_share_a_mailbox_only_where_the_petition_says_so(
    booth: Booth, campaign: Campaign
) -> None:
    shared = await sync_to_async(make_campaign)("shared", names_per_mailbox=2)
    couple = [alice(), alice(name="Andrew Ames")]
    assert await booth.sign(shared, *couple) == [Outcome.CONFIRMED, Outcome.CONFIRMED]
    assert await booth.sign(shared, alice(name="alice  AMES")) == [Outcome.ALREADY]
    assert await booth.sign(shared, alice(name="Third Ames")) == [Outcome.ALREADY]
    assert sorted([o.value for o in await booth.sign(campaign, *couple)]) == ["already", "confirmed"]
    assert (await booth.count(shared), await booth.count(campaign)) == (2, 1)


async def test_who_withdrew_may_sign_again_and_the_old_link_does_not_bring_it_back(
    campaign: Campaign, booth: Booth
) -> None:
    [attempt] = await booth.attempt(campaign, alice())
    await booth.confirm(campaign, [attempt.id])
    signature = await Signature.objects.aget()
    await sync_to_async(signature_withdraw_by_signer)(signature=signature, at=datetime.now(UTC))
    assert await booth.count(campaign) == 0
    assert await booth.confirm(campaign, [attempt.id]) == [Outcome.WITHDRAWN]
    assert await booth.sign(campaign, alice()) == [Outcome.RESTORED]
    assert await booth.count(campaign) == 1


async def test_what_a_moderator_withdrew_stays_withdrawn(
    campaign: Campaign, booth: Booth, django_user_model: Any
) -> None:
    await booth.sign(campaign, alice())
    moderator = await django_user_model.objects.acreate(username="trudy", is_superuser=True)
    signature = await Signature.objects.select_related("petition").aget()
    await sync_to_async(signature_withdraw_by_moderator)(
        signature=signature, by=moderator, reason="made up", at=datetime.now(UTC)
    )
    assert await booth.sign(campaign, alice()) == [Outcome.WITHDRAWN]
    assert await booth.count(campaign) == 0


async def test_an_attempt_that_never_was_is_gone(campaign: Campaign, booth: Booth) -> None:
    assert await booth.confirm(campaign, [uuid7()]) == [Outcome.GONE]


async def test_an_attempt_of_another_petition_is_not_taken(campaign: Campaign, booth: Booth) -> None:
    other = await sync_to_async(make_campaign)("other")
    [attempt] = await booth.attempt(campaign, alice())
    assert await booth.confirm(other, [attempt.id]) != [Outcome.CONFIRMED]
    assert (await booth.count(campaign), await booth.count(other)) == (0, 0)


async def test_a_missing_key_stops_one_confirmation_and_loses_nothing(
    campaign: Campaign, booth: Booth
) -> None:
    ring = make_ring(alias_rules=1, at=datetime.now(UTC))
    stranger = SigningKeys(sealer=Sealer(ring), index_key=booth.keys.index_key)
    [attempt] = await booth.attempt(campaign, alice())
    assert await booth.confirm(campaign, [attempt.id], keys=stranger) == [Outcome.SEALED]
    assert await booth.confirm(campaign, [attempt.id]) == [Outcome.CONFIRMED]


async def test_overlapping_batches_from_many_connections_count_each_mailbox_once(
    campaign: Campaign, booth: Booth
) -> None:
    people = [alice(f"person{n}@people.example", f"Person {n}") for n in range(30)]
    attempts = await booth.attempt(campaign, *people, *reversed(people))
    ids = [attempt.id for attempt in attempts]
    batches = [ids[:40], ids[20:], list(reversed(ids)), ids[10:50]]
    outcomes = await asyncio.gather(*(booth.confirm(campaign, batch) for batch in batches))
    assert sum(batch.count(Outcome.CONFIRMED) for batch in outcomes) == 30
    assert await booth.count(campaign) == 30


def a_transaction_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return cursor.fetchone() is not None


async def test_who_is_overtaken_is_the_supporter_whom_the_other_transaction_made(
    campaign: Campaign, booth: Booth
) -> None:
    other = await sync_to_async(make_campaign)("other")
    [first] = await booth.attempt(campaign, alice())
    answers = (Answer(other.wording.id, is_given=True),)
    second, teds = await booth.attempt(
        other, alice(answers=answers), alice("ted@people.example", "Ted Tate", answers=answers)
    )
    wish = Confirmation(first.id, campaign.petition.id, campaign.petition.organisation_id, 1, first.at)
    async with booth.pool.connection() as ahead:
        await signatures_confirm(ahead, [wish], keys=booth.keys)
        behind = asyncio.create_task(booth.confirm(other, [second.id, teds.id]))
        await sync_to_async(until)(a_transaction_waits)
        await ahead.commit()
        assert await behind == [Outcome.CONFIRMED, Outcome.CONFIRMED]
    assert await Supporter.objects.acount() == 2
    signers = Signature.objects.values_list("attempt_id", "supporter_id")
    answered = Consent.objects.values_list("attempt_id", "supporter_id")
    assert {pair async for pair in signers.exclude(attempt_id=first.id)} == {pair async for pair in answered}
    assert await SignatureEvent.objects.filter(kind="confirmed").acount() == 3
    assert (await booth.count(campaign), await booth.count(other)) == (1, 2)


async def test_a_mail_is_sent_again_only_when_the_last_one_has_gone_out(
    campaign: Campaign, booth: Booth
) -> None:
    [attempt] = await booth.attempt(campaign, alice())
    mails = OutboxMail.objects.filter(cause_id=attempt.id)
    async with booth.pool.connection() as connection:
        await attempt_send_again(connection, attempt_id=attempt.id, at=datetime.now(UTC))
    assert await mails.acount() == 1
    await mails.aupdate(status="sent")
    async with booth.pool.connection() as connection:
        await attempt_send_again(connection, attempt_id=attempt.id, at=datetime.now(UTC))
    assert [mail.status async for mail in mails.order_by("round")] == ["sent", "queued"]


async def test_a_small_mail_domain_is_stored_keyed_and_a_large_one_by_name(
    booth: Booth, campaign: Campaign, keys: SigningKeys
) -> None:
    await booth.sign(campaign, alice(), alice("alice@gmail.com"))
    stored = {domain async for domain in Signature.objects.values_list("mail_domain", flat=True)}
    organisation_id = campaign.petition.organisation_id
    keyed = mail_domains("people.example", organisation_id=organisation_id, keys=keys)
    assert stored == {"gmail.com", *keyed}
    assert "people" not in str(stored)
    elsewhere = mail_domains("people.example", organisation_id=organisation_id + 1, keys=keys)
    assert not stored & elsewhere
