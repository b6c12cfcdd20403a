import pytest
from psycopg import AsyncConnection

from tests.messaging.conftest import Post
from tests.messaging.servers import Server
from undersign.messaging.services.drain import outbox_drain
from undersign.messaging.services.post_office import PostOffice

pytestmark = pytest.mark.anyio

ALICE = "alice@example.org"


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
    assert (post.row(fourth)["not_before"] - last).total_seconds() == 24 * 3600 - 60

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
    post.clock.move(days=1)
    await outbox_drain(connection, office=office)
    assert len(server.recipients) == 12


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
