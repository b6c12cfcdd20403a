import asyncio
import threading
from dataclasses import replace

import pytest
from psycopg import AsyncConnection

from tests.messaging.conftest import Post
from tests.messaging.servers import Server
from tests.petitions import open_petition
from undersign.foundation.keyed_hash import IndexKey
from undersign.messaging.letters import Letter, Sender
from undersign.messaging.services.claims import Wanted, mails_claim
from undersign.messaging.services.drain import CLAIM, outbox_drain
from undersign.messaging.services.one_writer import Mailboxes
from undersign.messaging.services.post_office import AddressedMail, PostOffice
from undersign.supporters.models import Organisation

pytestmark = pytest.mark.anyio

ALICE = "alice@example.org"


@pytest.fixture
def lake(post: Post) -> Post:
    """The same outbox as another organisation uses it."""
    lake = Organisation.objects.create(slug="lakeside", name="Lake", sender_email="hello@lake.example")
    text = open_petition(lake, "clean-lake", title="The lake", at=post.clock())
    return replace(post, organisation_id=lake.pk, petition_id=text.version.petition_id, text_id=text.pk)


async def test_after_three_mails_about_a_petition_the_fourth_waits_a_day(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    for _ in range(3):
        post.sign(ALICE)
        await outbox_drain(connection, office=office)
        post.clock.move(minutes=1)
    last = post.clock.now
    fourth = post.sign(ALICE)
    await outbox_drain(connection, office=office)
    assert post.row(fourth)["status"] == "queued"
    a_second_for_each_that_went = 3
    waits = (post.row(fourth)["not_before"] - last).total_seconds()
    assert waits == 24 * 3600 - 60 + a_second_for_each_that_went

    post.clock.now = post.row(fourth)["not_before"]
    await outbox_drain(connection, office=office)
    assert post.row(fourth)["status"] == "sent"


async def test_the_cap_holds_within_one_batch_and_the_newest_goes_first(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    """Mallory cannot lock Alice out by asking more often than the cap allows."""
    mails = []
    for _ in range(6):
        mails.append(post.sign(ALICE))
        post.clock.move(seconds=1)

    await outbox_drain(connection, office=office)

    assert [post.row(mail)["status"] for mail in mails] == ["queued"] * 3 + ["sent"] * 3


async def test_a_cap_of_one_mailbox_is_nobody_elses(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    for _ in range(5):
        post.sign(ALICE)
    bob = post.sign("bob@example.org")

    await outbox_drain(connection, office=office)

    assert post.row(bob)["status"] == "sent"
    assert server.recipients.count(ALICE) == 3


async def test_other_spellings_of_a_mailbox_share_its_cap(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    for address in ("alice@gmail.com", "Alice@gmail.com", "a.lice@gmail.com", "alice+again@googlemail.com"):
        post.sign(address)

    await outbox_drain(connection, office=office)

    assert len(server.recipients) == 3


async def test_a_mailbox_gets_ten_mails_a_day_whatever_they_are_about(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    for number in range(12):
        mail = post.sign(ALICE)
        post.execute("UPDATE messaging_outboxmail SET petition_id = %s WHERE id = %s", 1000 + number, mail)

    await outbox_drain(connection, office=office)
    assert len(server.recipients) == 10
    post.clock.move(days=1, minutes=1)
    await outbox_drain(connection, office=office)
    assert len(server.recipients) == 12


async def test_the_ten_a_day_are_counted_over_all_organisations_and_spellings(
    post: Post, lake: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    for number in range(7):
        for organisation, address in ((post, "a.lice+x@gmail.com"), (lake, "Alice@googlemail.com")):
            mail = organisation.sign(address)
            post.execute("UPDATE messaging_outboxmail SET petition_id = %s WHERE id = %s", 900 + number, mail)

    await outbox_drain(connection, office=office)
    assert len(server.recipients) == 10
    post.clock.move(days=1, minutes=1)
    await outbox_drain(connection, office=office)
    assert len(server.recipients) == 14


async def test_limits_go_on_when_the_index_key_is_replaced(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    """Also for an address that never confirmed anything, whose key nobody can compute anew."""
    for _ in range(3):
        post.sign(ALICE)
    await outbox_drain(connection, office=office)
    post.clock.move(minutes=1)
    fourth = post.sign(ALICE)
    replaced = replace(office, index_keys=(*office.index_keys, IndexKey(2, b"k" * 32, alias_rules=1)))

    await outbox_drain(connection, office=replaced)

    assert (post.row(fourth)["status"], post.row(fourth)["last_error"]) == ("queued", "cap")
    assert len(server.recipients) == 3


async def test_a_flood_larger_than_a_batch_does_not_hold_back_the_newest(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    """Mallory asks far more often than Alice, who asks last; a day later hers goes first."""
    for _ in range(11):
        post.sign(ALICE)
        post.clock.move(seconds=1)
    while await outbox_drain(connection, office=office, batch=4):
        pass
    alices = post.sign(ALICE)
    await outbox_drain(connection, office=office, batch=4)
    assert (post.row(alices)["status"], len(server.recipients)) == ("queued", 3)

    post.clock.now = post.row(alices)["not_before"]
    await outbox_drain(connection, office=office, batch=4)

    assert (post.row(alices)["status"], len(server.recipients)) == ("sent", 4)


async def test_somebody_who_complained_gets_what_they_ask_for_once_a_day(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    post.suppress(ALICE, "complained")
    post.sign(ALICE)
    post.sign(ALICE)

    await outbox_drain(connection, office=office)
    assert len(server.recipients) == 1
    post.clock.move(days=1)
    await outbox_drain(connection, office=office)
    assert len(server.recipients) == 2


async def test_who_asks_every_hour_does_not_lock_the_owner_out(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    """Mallory also asks after Alice, again and again, so that hers is never the newest."""
    for hour in range(30):
        post.sign(ALICE, network="203.0.113.0")
        if hour == 5:
            alices = post.sign(ALICE, network="198.51.100.0")
        post.clock.move(hours=1)
        await outbox_drain(connection, office=office)

    assert post.row(alices)["status"] == "sent"
    assert len(server.recipients) == 4


async def test_the_network_served_least_goes_first_even_behind_more_than_a_batch(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    for _ in range(3):
        post.sign(ALICE, network="203.0.113.0")
    await outbox_drain(connection, office=office)
    alices = post.sign(ALICE, network="198.51.100.0")
    for _ in range(7):
        post.clock.move(seconds=1)
        post.sign(ALICE, network="203.0.113.0")
    await outbox_drain(connection, office=office)

    post.clock.move(days=1)
    while await outbox_drain(connection, office=office, batch=2):
        pass
    assert post.row(alices)["status"] == "sent"
    assert len(server.recipients) == 4


async def test_the_cap_holds_when_two_workers_have_mails_for_one_mailbox(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    """Also while the index key is being replaced and only one of them knows the new one."""
    for _ in range(2):
        post.sign(ALICE)
    await outbox_drain(connection, office=office)
    third, fourth = post.sign(ALICE), post.sign(ALICE)
    is_sending, may_go_on = threading.Event(), threading.Event()

    def slowly(_address: str) -> None:
        is_sending.set()
        may_go_on.wait(20)

    server.on_data = slowly
    ahead = replace(office, index_keys=(*office.index_keys, IndexKey(2, b"k" * 32, alias_rules=1)))
    first = asyncio.create_task(outbox_drain(connection, office=office, batch=1))
    await asyncio.to_thread(is_sending.wait, 20)
    async with await AsyncConnection.connect(post.url, autocommit=True) as other:
        assert await outbox_drain(other, office=ahead, batch=1) == 1
        may_go_on.set()
        await first
        assert sorted(post.row(mail)["status"] for mail in (third, fourth)) == ["queued", "sent"]
        post.clock.move(seconds=2)
        assert await outbox_drain(other, office=ahead, batch=1) == 1
    waiting = [post.row(mail)["last_error"] for mail in (third, fourth)]
    assert sorted(waiting) == ["", "cap"]
    assert server.recipients.count(ALICE) == 3


async def test_a_worker_that_is_gone_keeps_no_mailbox(post: Post, connection: AsyncConnection) -> None:
    post.sign(ALICE)
    [mail] = await mails_claim(
        connection, Wanted(["confirm"], [], 1), at=post.clock(), until=post.clock() + CLAIM
    )
    letter = Letter(ALICE, Sender("River", "river@example.org"), "", "", "", "en")
    item = AddressedMail(mail, letter, (b"a" * 32,))
    async with await AsyncConnection.connect(post.url, autocommit=True) as gone:
        assert await Mailboxes(gone).take([item]) == [item]
        assert await Mailboxes(connection).take([item]) == []
        post.execute("SELECT pg_terminate_backend(%s, 20000)", gone.info.backend_pid)  # and wait
    assert await Mailboxes(connection).take([item]) == [item]
