"""A new index key while people sign: nobody is lost, nobody is counted twice."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from asgiref.sync import sync_to_async
from click.testing import CliRunner, Result
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from pytest_django import Settings

from tests.signing.conftest import Campaign, alice, make_campaign
from tests.signing.test_confirmations import Booth
from undersign.config import reindexing
from undersign.config.cli import keys as keys_command
from undersign.config.doctor.findings import Examination
from undersign.config.doctor.keys import epochs
from undersign.foundation.group_commit import BatchWriter, Limits, NotReady
from undersign.foundation.keys import KeyRing, ensure_keys_file, load_keys
from undersign.foundation.models import AuditEntry
from undersign.messaging.models import OutboxMail
from undersign.messaging.services.suppression import MailboxOf, suppression_add, suppressions_find
from undersign.signing.identity import SigningKeys, signing_keys
from undersign.signing.models import Attempt, Signature
from undersign.signing.payload import Answer, address_open, address_seal
from undersign.signing.services import reindexing as filling
from undersign.signing.services.candidates import Confirmation
from undersign.signing.services.confirmations import Outcome, signatures_confirm
from undersign.signing.services.withdrawals import signature_withdraw_by_signer
from undersign.supporters.models import Consent, IndexEpoch, Supporter
from undersign.supporters.services.epochs import epoch_begin

pytestmark = [pytest.mark.anyio, pytest.mark.django_db(transaction=True)]

Pool = AsyncConnectionPool[AsyncConnection[Any]]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "of this test: the command starts no server of its own")
    monkeypatch.setattr(keys_command, "PATIENCE", 0)


@pytest.fixture
def keys_file(tmp_path: Path, settings: Settings) -> Path:
    settings.KEYS_FILE = tmp_path / "keys.json"
    ensure_keys_file(settings.KEYS_FILE, alias_rules=1, at=datetime.now(UTC))
    return cast("Path", settings.KEYS_FILE)


@pytest.fixture
def booth(pool: Pool, keys_file: Path) -> Booth:
    """A process that has the keys as they are before anything changes."""
    return Booth(pool, SigningKeys.of_newest_epoch(load_keys(keys_file)))


async def reindex(*arguments: str) -> Result:
    return await sync_to_async(CliRunner().invoke)(keys_command.command, ["reindex", *arguments])


async def done(*arguments: str) -> Result:
    result = await reindex(*arguments)
    assert result.exit_code == 0, result.output
    return result


async def keys_now(booth: Booth, path: Path) -> SigningKeys:
    async with booth.pool.connection() as connection:
        return await signing_keys(connection, load_keys(path))


async def begin(path: Path) -> None:
    """Begin an epoch as the command does, and stop there."""
    key = await sync_to_async(reindexing.next_index_key)(path, at=datetime.now(UTC))
    await sync_to_async(epoch_begin)(index_key=key, at=datetime.now(UTC))


async def turns_out_to_be(email: str, real: str, keys: SigningKeys) -> None:
    """Have a supporter be found by one address and have another: as if older rules had told them apart."""
    async for supporter in Supporter.objects.all():
        address = address_open(supporter.email_sealed, supporter_id=supporter.pk, sealer=keys.sealer)
        if address == email:
            supporter.email_sealed = address_seal(real, supporter_id=supporter.pk, sealer=keys.sealer)
            await supporter.asave()


async def test_nobody_is_counted_twice_across_a_reindex(
    campaign: Campaign, booth: Booth, keys_file: Path
) -> None:
    await booth.sign(campaign, alice())
    [again, carols] = await booth.attempt(campaign, alice(), alice("carol@people.example", "Carol"))
    await done()
    assert await IndexEpoch.objects.aget(number=2, state="live")
    assert await IndexEpoch.objects.aget(number=1, state="retired")
    booth.keys = await keys_now(booth, keys_file)
    assert booth.keys.index_key.epoch == 2
    assert await booth.confirm(campaign, [again.id, carols.id]) == [Outcome.ALREADY, Outcome.CONFIRMED]
    assert await booth.sign(campaign, alice()) == [Outcome.ALREADY]
    assert await booth.count(campaign) == 2
    assert not await Supporter.objects.filter(email_key_next__isnull=False).aexists()


async def test_whoever_confirms_while_an_epoch_is_filled_is_there_after_it(
    campaign: Campaign, booth: Booth, keys_file: Path
) -> None:
    await booth.sign(campaign, alice())
    await begin(keys_file)
    booth.keys = SigningKeys.of_newest_epoch(load_keys(keys_file))  # has not asked which one is live
    assert await booth.sign(campaign, alice(), alice("carol@people.example", "Carol")) == [
        Outcome.ALREADY,
        Outcome.CONFIRMED,
    ]
    assert await Supporter.objects.filter(email_key_next__isnull=False).acount() == 1
    await done("--continue")
    assert await booth.sign(campaign, alice(), alice("carol@people.example")) == [Outcome.ALREADY] * 2
    assert await booth.count(campaign) == 2


async def test_a_process_without_the_key_writes_nothing_and_asks_to_come_again(
    campaign: Campaign, booth: Booth, database_url: str
) -> None:
    await booth.sign(campaign, alice())
    [again] = await booth.attempt(campaign, alice())
    old = booth.keys
    await done()
    signable, at = campaign.signable, datetime.now(UTC)
    wish = Confirmation(again.id, signable.id, signable.organisation_id, 1, at)
    autocommit = {"autocommit": True}
    async with AsyncConnectionPool(database_url, kwargs=autocommit, min_size=1, open=False) as pool:
        writer = BatchWriter[Confirmation, Outcome](
            pool, lambda c, batch: signatures_confirm(c, batch, keys=old), Limits()
        )
        [refusal] = await writer.settle([wish], until=asyncio.get_running_loop().time() + 5)
    assert isinstance(getattr(refusal, "error", None), NotReady)
    assert await booth.count(campaign) == 1


async def test_confirmations_during_the_swap_count_each_mailbox_once(
    campaign: Campaign, booth: Booth, keys_file: Path
) -> None:
    people = [alice(f"person{n}@people.example", f"Person {n}") for n in range(20)]
    await booth.sign(campaign, *people[:10])
    attempts = await booth.attempt(campaign, *people, *people)
    await begin(keys_file)
    booth.keys = SigningKeys.of_newest_epoch(load_keys(keys_file))
    ids = [attempt.id for attempt in attempts]
    _, *batches = await asyncio.gather(
        done("--continue"), *(booth.confirm(campaign, ids[n : n + 12]) for n in range(0, 40, 4))
    )
    assert sum(batch.count(Outcome.CONFIRMED) for batch in batches) == 10
    assert await booth.confirm(campaign, ids) == [Outcome.ALREADY] * 40
    assert await Supporter.objects.acount() == 20
    assert await booth.count(campaign) == 20


async def test_one_name_in_two_epochs_is_one_person(
    booth: Booth, keys_file: Path, campaign: Campaign
) -> None:
    shared = await sync_to_async(make_campaign)("shared", names_per_mailbox=2)
    await booth.sign(shared, alice())
    await done()
    booth.keys = await keys_now(booth, keys_file)
    assert await booth.sign(shared, alice(name="alice AMES")) == [Outcome.ALREADY]
    assert await booth.sign(shared, alice(name="Andrew Ames")) == [Outcome.CONFIRMED]
    assert await booth.count(shared) == 2


async def test_one_mailbox_in_two_supporters_stops_the_swap_and_names_nobody(
    campaign: Campaign, booth: Booth, keys_file: Path
) -> None:
    await booth.sign(campaign, alice("alice@gmail.com"), alice("ally@gmail.com", "Ally"))
    await turns_out_to_be("ally@gmail.com", "a.lice+news@gmail.com", booth.keys)
    stopped = await reindex()
    assert stopped.exit_code == 1
    assert "Bob’s neighbours: 1 supporters" in stopped.output
    assert "--merge" in stopped.output
    assert "@" not in stopped.output
    assert await IndexEpoch.objects.aget(number=1, state="live")
    assert await Supporter.objects.acount() == 2
    booth.keys = await keys_now(booth, keys_file)
    assert await booth.sign(campaign, alice("ally@gmail.com")) == [Outcome.ALREADY]
    assert await booth.count(campaign) == 2


async def test_merging_moves_what_is_free_and_takes_double_signatures_off_the_count(
    campaign: Campaign, booth: Booth, keys_file: Path
) -> None:
    other = await sync_to_async(make_campaign)("other")
    yes = (Answer(campaign.wording.id, is_given=True),)
    await booth.sign(campaign, alice("alice@gmail.com"))
    await booth.sign(campaign, alice("ally@gmail.com", "Ally", answers=yes))
    await booth.sign(other, alice("ally@gmail.com", "Ally"))
    older = await Supporter.objects.order_by("pk").afirst()
    assert older is not None
    await turns_out_to_be("ally@gmail.com", "a.lice+news@gmail.com", booth.keys)
    await done("--merge")
    assert [s.pk async for s in Supporter.objects.all()] == [older.pk]
    assert [c.supporter_id async for c in Consent.objects.all()] == [older.pk]
    assert [s.public_name async for s in Signature.objects.order_by("petition__slug")] == [
        "Ally",
        "Alice Ames",
    ]
    assert (await booth.count(campaign), await booth.count(other)) == (1, 1)
    entry = await AuditEntry.objects.aget(action="supporter.merged")
    assert entry.detail == {"signatures_removed": [f"petition:{campaign.petition.pk} confirmed"]}
    booth.keys = await keys_now(booth, keys_file)
    assert await booth.sign(campaign, alice("alice@gmail.com")) == [Outcome.ALREADY]


async def test_three_supporters_of_one_mailbox_become_one(
    campaign: Campaign, booth: Booth, keys_file: Path
) -> None:
    for name in ("alice", "ally", "al"):
        await booth.sign(campaign, alice(f"{name}@gmail.com", name))
        await turns_out_to_be(f"{name}@gmail.com", "alice@gmail.com", booth.keys)
    await done("--merge")
    assert await Supporter.objects.acount() == 1
    assert await booth.count(campaign) == 1


async def test_a_couple_merged_into_one_mailbox_stays_two_where_two_may_sign(
    campaign: Campaign, booth: Booth
) -> None:
    shared = await sync_to_async(make_campaign)("shared", names_per_mailbox=2)
    await booth.sign(shared, alice("alice@gmail.com"))
    await booth.sign(shared, alice("ally@gmail.com", "Andrew Ames"), alice("ally@gmail.com", "ALICE ames"))
    await turns_out_to_be("ally@gmail.com", "alice@gmail.com", booth.keys)
    await done("--merge")
    assert {(s.public_name, s.slot) async for s in Signature.objects.all()} == {
        ("Alice Ames", 0),
        ("Andrew Ames", 1),
    }
    assert await booth.count(shared) == 2


async def test_what_counts_stays_before_what_its_signer_withdrew(campaign: Campaign, booth: Booth) -> None:
    await booth.sign(campaign, alice("alice@gmail.com"))
    withdrawn = await Signature.objects.aget()
    await sync_to_async(signature_withdraw_by_signer)(signature=withdrawn, at=datetime.now(UTC))
    await booth.sign(campaign, alice("ally@gmail.com", "Ally"))
    await turns_out_to_be("ally@gmail.com", "alice@gmail.com", booth.keys)
    campaign.petition.names_per_mailbox = 1
    await done("--merge")
    assert [(s.public_name, s.slot) async for s in Signature.objects.all()] == [("Ally", 0)]
    assert await booth.count(campaign) == 1


async def test_a_reindex_that_was_stopped_goes_on_and_another_is_not_begun(
    campaign: Campaign, booth: Booth, keys_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await booth.sign(campaign, *(alice(f"person{n}@people.example", f"Person {n}") for n in range(7)))
    assert (await reindex("--continue")).exit_code == 1
    await begin(keys_file)
    monkeypatch.setattr(filling, "AT_ONCE", 2)
    ring = load_keys(keys_file)
    await sync_to_async(_one_batch)(ring, booth.keys)
    assert await Supporter.objects.filter(email_key_next__isnull=False).acount() == 2
    assert "--continue" in (await reindex()).output
    await done("--continue")
    assert [key.epoch for key in load_keys(keys_file).index_keys] == [1, 2]
    assert await IndexEpoch.objects.aget(number=2, state="live")
    await done()
    assert await IndexEpoch.objects.aget(number=3, state="live")


def _one_batch(ring: KeyRing, keys: SigningKeys) -> None:
    next(iter(filling.next_keys_fill(index_key=ring.index_keys[-1], sealer=keys.sealer)))


async def test_suppressions_mails_and_attempts_are_found_after_the_swap(
    campaign: Campaign, booth: Booth, keys_file: Path
) -> None:
    await booth.sign(campaign, alice())
    mailbox = MailboxOf(campaign.petition.organisation_id, "alice@people.example")
    at = datetime.now(UTC)
    async with booth.pool.connection() as connection:
        await suppression_add(
            connection, mailbox, reason="bounced", keys=load_keys(keys_file).index_keys, at=at
        )
    await done()
    async with booth.pool.connection() as connection:
        found = await suppressions_find(connection, [mailbox], keys=load_keys(keys_file).index_keys)
    assert found == {mailbox: {"bounced"}}
    supporter = await Supporter.objects.aget()
    assert await OutboxMail.objects.filter(email_key=supporter.email_key).acount() == 1
    attempt = await Attempt.objects.aget(email_key=supporter.email_key)
    assert attempt.index_epoch == 2


async def test_the_doctor_finds_the_epochs_well_after_a_reindex(
    campaign: Campaign, booth: Booth, keys_file: Path
) -> None:
    await booth.sign(campaign, alice())
    await done()
    examination = Examination(at=datetime.now(UTC), keys_file=keys_file, data_dir=keys_file.parent)
    findings = await sync_to_async(lambda: list(epochs(examination)))()
    assert [(f.level, "epoch 2 is live" in f.text) for f in findings] == [("ok", True)]
