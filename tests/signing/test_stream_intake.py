"""Attempts through a real cluster of three servers into a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import nats.errors
import pytest
from nats.js import JetStreamContext
from prometheus_client import REGISTRY
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from tests.signing.conftest import Campaign, alice
from tests.streams import Cluster, cluster_running
from undersign.foundation.group_commit import Limits, NotAccepted
from undersign.foundation.ids import uuid7
from undersign.foundation.jetstream.address import StreamAddress, stream_address
from undersign.foundation.jetstream.errors import StreamAway, StreamFull
from undersign.foundation.jetstream.link import stream_open
from undersign.foundation.jetstream.streams import Names, StreamState, stream_state, streams_ensure
from undersign.foundation.keys.ring import make_ring
from undersign.foundation.sealing import Sealer
from undersign.messaging.models import OutboxMail
from undersign.signing.identity import SigningKeys
from undersign.signing.intake import Drain, EitherIntake, StreamIntake, postgresql_intake
from undersign.signing.intake.envelope import envelope_seal
from undersign.signing.intake.publishing import LIMITS
from undersign.signing.models import Attempt
from undersign.signing.services.attempts import NewAttempt, Taking, attempt_new

pytestmark = [pytest.mark.anyio, pytest.mark.django_db(transaction=True)]

HASTY = Limits(patience=0.5, submit_timeout=5)
HELD_REPLAYED = ("undersign_attempts_held_total", {"reason": "replayed"})
PATIENT = replace(LIMITS, patience=30, submit_timeout=40)  # elections take seconds on a busy machine

Pool = AsyncConnectionPool[AsyncConnection[Any]]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster_running(tmp_path_factory.mktemp("nats")) as cluster:
        yield cluster


@pytest.fixture
def address(cluster: Cluster, request: pytest.FixtureRequest) -> StreamAddress:
    """A stream that only this test uses."""
    cluster.start()
    return replace(stream_address(cluster.url), name=request.node.name.replace("_", "-")[:60])


class Booth:
    """Hands attempts in at one end and writes them at the other."""

    def __init__(self, address: StreamAddress, pool: Pool, keys: SigningKeys, campaign: Campaign) -> None:
        self.address, self.pool, self.keys, self.campaign = address, pool, keys, campaign

    def attempts(self, count: int) -> list[NewAttempt]:
        at, petition = datetime.now(UTC), self.campaign.signable
        return [
            attempt_new(
                alice(f"alice{number}@people.example"),
                self.campaign.circumstances(),
                petition=petition,
                keys=self.keys,
                at=at,
            )
            for number in range(count)
        ]

    @asynccontextmanager
    async def intake(self) -> AsyncIterator[StreamIntake]:
        async with StreamIntake(self.address, lambda: self.keys.sealer, limits=PATIENT) as intake:
            yield intake

    async def hand_in(self, attempts: Sequence[NewAttempt]) -> None:
        async with self.intake() as intake:
            await asyncio.gather(*map(intake.submit, attempts))

    async def drain(self, *, left: int = 0) -> StreamState:
        """Do rounds, as the worker does, until so many messages are left; tell how the streams are then."""
        sealer = self.keys.sealer
        async with (
            asyncio.timeout(60),
            Drain(self.address, self.pool, sealer) as drain,
            self.pool.connection() as connection,
        ):
            while True:
                with suppress(nats.errors.Error, TimeoutError):  # while the cluster chooses a leader
                    await drain.round(connection, datetime.now(UTC))
                    state = await self.state()
                    if state.waiting == left:
                        return state

    async def replicated(self) -> StreamState:
        """Tell how the streams are once the last server has followed."""
        async with asyncio.timeout(60):
            while True:
                with suppress(nats.errors.Error, TimeoutError):
                    state = await self.state()
                    if state.replicas == 3:
                        return state
                await asyncio.sleep(0.1)

    async def state(self) -> StreamState:
        async with stream_open(self.address) as stream:
            return await stream_state(stream, self.address)

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[tuple[JetStreamContext, Names]]:
        async with stream_open(self.address) as stream:
            await streams_ensure(stream, self.address)
            yield stream, Names.of(self.address)

    async def written(self) -> tuple[int, int]:
        """How many attempts and mails there are."""
        petition = self.campaign.petition.id
        return (
            await Attempt.objects.filter(petition_id=petition).acount(),
            await OutboxMail.objects.filter(petition_id=petition).acount(),
        )


@pytest.fixture
def booth(address: StreamAddress, pool: Pool, keys: SigningKeys, campaign: Campaign) -> Booth:
    return Booth(address, pool, keys, campaign)


async def test_what_the_stream_took_is_written_once_with_one_mail_each(booth: Booth) -> None:
    attempts = booth.attempts(200)
    await booth.hand_in(attempts)
    before = await booth.replicated()
    assert (before.replicas, before.is_on_disk, before.is_bounded) == (3, True, True)
    assert before.oldest_at is not None
    assert await booth.written() == (0, 0)
    after = await booth.drain()
    assert (after.waiting, after.dead) == (0, 0)
    assert await booth.written() == (200, 200)


async def test_a_message_that_comes_again_makes_no_second_row_or_mail(booth: Booth) -> None:
    attempts = booth.attempts(20)
    await booth.hand_in(attempts)
    await booth.drain()
    await booth.hand_in([*attempts[:5], *booth.attempts(1)])  # the servers know these
    async with booth.stream() as (stream, names):  # and this one they do not
        again = uuid7()
        sealed = envelope_seal(attempts, message_id=again, sealer=booth.keys.sealer)
        await stream.publish(names.waiting_subject, sealed, headers={"Nats-Msg-Id": again.hex})
    after = await booth.drain()
    assert (after.waiting, after.dead) == (0, 0)
    assert await booth.written() == (21, 21)


async def test_nothing_is_lost_or_doubled_when_the_leader_is_killed(booth: Booth, cluster: Cluster) -> None:
    attempts = booth.attempts(300)
    async with booth.intake() as intake:
        await asyncio.gather(*map(intake.submit, attempts[:100]))
        leader = cluster.leader(booth.address.name)
        under_way = [asyncio.create_task(intake.submit(attempt)) for attempt in attempts[100:]]
        await asyncio.sleep(0)
        leader.kill()
        answers = await asyncio.gather(*under_way, return_exceptions=True)
    cluster.start()
    assert (await booth.drain()).waiting == 0
    # On a busy machine an election outlasts somebody's patience, who is told so and may come again.
    told_no = [answer for answer in answers if isinstance(answer, BaseException)]
    assert all(isinstance(answer, NotAccepted) for answer in told_no)
    rows, mails = await booth.written()
    assert rows == mails
    assert 300 - len(told_no) <= rows <= 300


async def test_a_proof_that_was_used_before_is_found_when_it_is_written(booth: Booth) -> None:
    proof = uuid7()
    first, replayed = (replace(attempt, proof_id=proof) for attempt in booth.attempts(2))
    counted = REGISTRY.get_sample_value(*HELD_REPLAYED) or 0
    await booth.hand_in([first])
    await booth.hand_in([replayed])
    assert (await booth.drain()).dead == 0
    reasons = Attempt.objects.order_by("id").values_list("held_reason", flat=True)
    assert [reason async for reason in reasons] == ["", "replayed"]
    assert REGISTRY.get_sample_value(*HELD_REPLAYED) == counted + 1
    mails = OutboxMail.objects.order_by("cause_id").values_list("status", flat=True)
    assert [status async for status in mails] == ["queued", "held"]


async def test_one_bad_row_is_put_aside_and_the_others_are_written(booth: Booth) -> None:
    good, [bad] = booth.attempts(30), booth.attempts(1)
    bad = replace(bad, circumstances=replace(bad.circumstances, source="x" * 1000))
    await booth.hand_in([*good[:15], bad, *good[15:]])
    after = await booth.drain()
    assert (after.waiting, after.dead) == (0, 1)
    assert await booth.written() == (30, 30)
    async with booth.stream() as (stream, names):
        message = await stream.get_msg(names.dead, seq=1)
    assert message.headers is not None
    assert message.headers["Undersign-Reason"] == "StringDataRightTruncation 22001"
    assert message.headers["Nats-Msg-Id"] == bad.id.hex


async def test_what_nobody_of_ours_has_sealed_is_put_aside(booth: Booth) -> None:
    [attempt] = booth.attempts(1)
    mallorys = Sealer(make_ring(alias_rules=1, at=datetime.now(UTC)))
    genuine = envelope_seal([attempt], message_id=attempt.id, sealer=booth.keys.sealer)
    moved = uuid7().hex
    async with booth.stream() as (stream, names):
        await stream.publish(names.waiting_subject, b"nonsense")
        await stream.publish(
            names.waiting_subject, genuine[:-1] + b"\0", headers={"Nats-Msg-Id": uuid7().hex}
        )
        await stream.publish(names.waiting_subject, genuine, headers={"Nats-Msg-Id": moved})
    after = await booth.drain()
    assert (after.waiting, after.dead) == (0, 3)
    assert await booth.written() == (0, 0)
    async with booth.stream() as (
        stream,
        names,
    ):  # a key that we do not have may be one that we do not have yet
        sealed = envelope_seal([attempt], message_id=attempt.id, sealer=mallorys)
        await stream.publish(names.waiting_subject, sealed, headers={"Nats-Msg-Id": uuid7().hex})
    after = await booth.drain(left=1)
    assert (after.waiting, after.dead) == (1, 3)


async def test_a_full_stream_refuses_and_keeps_what_it_took(booth: Booth) -> None:
    booth.address = replace(booth.address, max_bytes=20_000)
    async with booth.intake() as intake:
        answers = [
            outcome
            for attempt in booth.attempts(60)
            for outcome in await asyncio.gather(intake.submit(attempt), return_exceptions=True)
        ]
    taken = answers.count(Taking.STORED)
    assert 0 < taken < 60, await booth.state()
    assert {type(error) for error in answers if error is not Taking.STORED} == {StreamFull}
    await booth.drain()
    assert await booth.written() == (taken, taken)


async def test_the_database_takes_what_a_cluster_that_is_away_does_not(booth: Booth, pool: Pool) -> None:
    attempts = booth.attempts(20)
    away = replace(booth.address, servers=("127.0.0.1:9",))
    async with (
        postgresql_intake(pool) as database,
        StreamIntake(away, lambda: booth.keys.sealer, limits=HASTY) as stream,
    ):
        either = EitherIntake(stream, database, after=0.1)
        await asyncio.gather(*map(either.submit, attempts))
    assert await booth.written() == (20, 20)


async def test_nobody_taking_it_is_said(booth: Booth) -> None:
    away = replace(booth.address, servers=("127.0.0.1:9",))
    async with StreamIntake(away, lambda: booth.keys.sealer, limits=HASTY) as stream:
        either = EitherIntake(stream, stream, after=0.1)
        with pytest.raises(StreamAway):
            await either.submit(booth.attempts(1)[0])
