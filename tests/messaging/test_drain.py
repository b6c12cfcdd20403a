from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from psycopg import AsyncConnection, OperationalError

from tests.messaging.conftest import Post
from tests.messaging.servers import Server
from undersign.foundation.tokens import TokenSigner
from undersign.messaging.errors import MailServerTrouble
from undersign.messaging.services.abandoned import AbandonedClaims, claim_alive
from undersign.messaging.services.claims import Wanted, mails_claim
from undersign.messaging.services.drain import CLAIM, outbox_drain
from undersign.messaging.services.post_office import PostOffice

pytestmark = pytest.mark.anyio

both_ways = pytest.mark.parametrize("is_pipelining", [True, False], ids=["pipelining", "step by step"])


async def test_a_confirmation_mail_names_the_petition_and_carries_the_link(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    mail_id = post.sign("alice@example.org")

    assert await outbox_drain(connection, office=office) == 1

    [message] = server.messages
    assert message["To"] == "alice@example.org"
    assert message["From"] == "Friends of the River <petitions@sender.example>"
    assert message["Reply-To"] == "hello@river.example"
    assert message["Subject"] == "Please confirm your signature: Let the river breathe & live"
    assert message["Message-ID"] == f"<{mail_id}@sender.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    [link] = [line for line in text.splitlines() if line.startswith("https://")]
    assert html.count(link) == 3
    assert "Let the river breathe & live" in text
    assert "Let the river breathe &amp; live" in html
    for part in (text, html):
        assert "Water Lane 4" in part
        assert "Friends of the River" in part
        assert "Alice" not in part
    token = TokenSigner(post.ring).read(
        urlsplit(link).path.rpartition("/")[2], purpose="confirm", at=post.clock()
    )
    row = post.row(mail_id)
    assert UUID(bytes=token.subject) == row["cause_id"]
    assert int.from_bytes(token.bound_to, "big") == post.petition_id
    assert (row["status"], row["done_at"], row["tries"], row["provider"]) == (
        "sent",
        post.clock(),
        1,
        "other",
    )


@both_ways
async def test_a_batch_goes_out_on_one_connection(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server, is_pipelining: bool
) -> None:
    server.is_pipelining = is_pipelining
    for number in range(7):
        post.sign(f"alice{number}@example.org")

    await outbox_drain(connection, office=office)

    assert len(server.recipients) == 7
    assert server.connections == 1


async def test_every_line_on_the_wire_is_short_ascii(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    post.execute("UPDATE campaigns_petitiontext SET title = %s", "Lasst den Fluß atmen " * 9)
    post.sign("alice@example.org", locale="de")

    await outbox_drain(connection, office=office)

    raw = server.raw[0]
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 100
    assert "Fluß" in server.messages[0]["Subject"]
    assert server.messages[0]["Content-Language"] == "de"


async def test_what_is_dropped_or_held_is_never_mailed(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    post.sign("alice@example.org", status="dropped")
    post.sign("bob@example.org", status="held")

    assert await outbox_drain(connection, office=office) == 0
    assert server.recipients == []


async def test_a_mail_dropped_after_it_was_claimed_does_not_go_out(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    first, second = post.sign("alice@example.org"), post.sign("bob@example.org")
    composer = office.composers["confirm"]
    compose = composer.compose

    async def compose_while_somebody_drops(*args: Any, **kwargs: Any) -> Any:
        post.execute("UPDATE messaging_outboxmail SET status = 'dropped' WHERE id = %s", second)
        return await compose(*args, **kwargs)

    composer.compose = compose_while_somebody_drops
    await outbox_drain(connection, office=office)

    assert server.recipients == ["alice@example.org"]
    assert post.row(first)["status"] == "sent"
    assert post.row(second)["status"] == "dropped"


@both_ways
async def test_a_refused_recipient_fails_alone_and_is_suppressed(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server, is_pipelining: bool
) -> None:
    server.is_pipelining = is_pipelining
    server.on_recipient = lambda to: (
        f"550 5.1.1 <{to}>: user mallory unknown" if to.startswith("mallory") else None
    )
    mails = [post.sign(name) for name in ("alice@example.org", "mallory@gmail.com", "bob@example.org")]

    await outbox_drain(connection, office=office)

    assert [post.row(mail)["status"] for mail in mails] == ["sent", "bounced", "sent"]
    assert post.row(mails[1])["last_error"] == "550 5.1.1 …: user … unknown"
    assert post.row(mails[1])["provider"] == "gmail.com"
    [suppression] = post.rows("SELECT * FROM supporters_suppression")
    assert suppression["reason"] == "bounced"

    again = post.sign("mallory@gmail.com")
    await outbox_drain(connection, office=office)
    assert post.row(again)["status"] == "dropped"
    assert len(server.recipients) == 2


@both_ways
async def test_a_mail_refused_for_its_content_fails_and_suppresses_nobody(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server, is_pipelining: bool
) -> None:
    server.is_pipelining = is_pipelining
    server.on_data = lambda _to: "554 5.7.1 looks like spam"
    mail = post.sign("alice@example.org")

    await outbox_drain(connection, office=office)

    assert (post.row(mail)["status"], post.row(mail)["last_error"]) == ("failed", "554 5.7.1 looks like spam")
    assert post.rows("SELECT * FROM supporters_suppression") == []


async def test_a_temporary_refusal_is_tried_again_later_and_later(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    server.on_recipient = lambda _to: "451 4.7.1 come back later"
    mail = post.sign("alice@example.org")
    waits = []
    for _ in range(4):
        await outbox_drain(connection, office=office)
        row = post.row(mail)
        assert (row["status"], row["claimed_until"]) == ("queued", None)
        waits.append((row["not_before"] - post.clock()).total_seconds() / 60)
        assert await outbox_drain(connection, office=office) == 0
        post.clock.now = row["not_before"]
    assert waits == [1, 5, 15, 60]

    server.on_recipient = lambda _to: None
    await outbox_drain(connection, office=office)
    assert (post.row(mail)["status"], post.row(mail)["tries"]) == ("sent", 5)


async def test_a_mail_nobody_takes_is_given_up_after_five_days(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    server.on_recipient = lambda _to: "451 4.7.1 come back later"
    mail = post.sign("alice@example.org")
    post.clock.move(days=5, minutes=1)

    await outbox_drain(connection, office=office)

    assert (post.row(mail)["status"], post.row(mail)["last_error"]) == ("failed", "451 4.7.1 come back later")


@both_ways
async def test_a_connection_that_breaks_mid_message_makes_at_most_one_duplicate(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server, is_pipelining: bool
) -> None:
    server.is_pipelining = is_pipelining
    server.hang_up_on.add("bob@example.org")
    for name in ("alice", "bob", "trudy"):
        post.sign(f"{name}@example.org")

    await outbox_drain(connection, office=office)
    assert sorted(server.recipients) == ["alice@example.org", "bob@example.org", "trudy@example.org"]
    post.clock.move(minutes=1)
    await outbox_drain(connection, office=office)

    assert sorted(server.recipients) == [
        "alice@example.org",
        "bob@example.org",
        "bob@example.org",
        "trudy@example.org",
    ]
    duplicates = [m["Message-ID"] for m in server.messages if m["To"] == "bob@example.org"]
    assert len(set(duplicates)) == 1
    assert {row["status"] for row in post.rows("SELECT status FROM messaging_outboxmail")} == {"sent"}


@both_ways
async def test_a_server_that_does_not_answer_holds_up_one_mail_only(
    post: Post,
    connection: AsyncConnection,
    office_at: Callable[..., PostOffice],
    server: Server,
    is_pipelining: bool,
) -> None:
    server.is_pipelining = is_pipelining
    server.slow_on.add("alice@example.org")
    slow, quick = post.sign("alice@example.org"), post.sign("bob@example.org")

    office = office_at(server.port, timeout=4)
    await outbox_drain(connection, office=office)
    office.transport.close()

    assert post.row(slow)["status"] == "queued"
    assert "alice" not in post.row(slow)["last_error"]
    assert post.row(quick)["status"] == "sent"


async def test_without_a_server_every_mail_waits_untouched(
    post: Post, connection: AsyncConnection, office_at: Callable[..., PostOffice]
) -> None:
    mails = [post.sign(f"alice{number}@example.org") for number in range(3)]

    with pytest.raises(MailServerTrouble):
        await outbox_drain(connection, office=office_at(1))

    for mail in mails:
        row = post.row(mail)
        assert (row["status"], row["claimed_until"], row["tries"]) == ("queued", None, 0)
        assert row["not_before"] == post.clock()


async def test_a_claim_expires_and_is_taken_again(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    """A worker that is killed after claiming loses nothing."""
    mail = post.sign("alice@example.org")
    at = post.clock()
    assert len(await mails_claim(connection, Wanted(["confirm"], [], 10), at=at, until=at + CLAIM)) == 1

    assert await outbox_drain(connection, office=office) == 0
    post.clock.now = at + CLAIM
    assert await outbox_drain(connection, office=office) == 1
    assert post.row(mail)["status"] == "sent"


async def test_a_claim_is_given_back_at_the_second_look_after_its_worker_is_gone(
    post: Post, connection: AsyncConnection
) -> None:
    post.sign("alice@example.org")
    at, abandoned = post.clock(), AbandonedClaims()
    until, wanted = at + CLAIM, Wanted(["confirm"], [], 10)
    async with await AsyncConnection.connect(post.url, autocommit=True) as other, claim_alive(other, until):
        await mails_claim(other, wanted, at=at, until=until)
        for _ in range(3):
            assert await abandoned.give_back(connection, at=at) == 0

    assert await abandoned.give_back(connection, at=at) == 0
    assert await abandoned.give_back(connection, at=at) == 1
    assert len(await mails_claim(connection, wanted, at=at, until=until)) == 1


async def test_a_worker_that_loses_its_connection_sends_nothing_twice(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    mails = [post.sign(f"alice{number}@example.org") for number in range(4)]
    async with await AsyncConnection.connect(post.url, autocommit=True) as cut:

        def cut_it(address: str) -> None:
            if address == "alice1@example.org":
                server.on_data = lambda _address: None
                post.execute("SELECT pg_terminate_backend(%s, 20000)", cut.info.backend_pid)  # and wait

        server.on_data = cut_it
        with pytest.raises(OperationalError):
            await outbox_drain(cut, office=office)

    await _drain_after_an_outage(post, connection, office)
    assert sorted(server.recipients) == [f"alice{number}@example.org" for number in range(4)]
    assert [post.row(mail)["tries"] for mail in mails] == [1, 1, 1, 1]


async def test_what_the_database_forgot_in_a_crash_is_not_sent_twice(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    mails = [post.sign(f"alice{number}@example.org") for number in range(3)]
    async with await AsyncConnection.connect(post.url, autocommit=True) as crashed:
        await outbox_drain(crashed, office=office)
    recorded = [post.row(mail) for mail in mails]
    post.execute(
        "UPDATE messaging_outboxmail SET status = 'queued', done_at = NULL, provider = '',"
        " mailbox_key = NULL, tries = 0, claimed_until = %s WHERE id <> %s",
        post.clock() + CLAIM,
        mails[0],
    )

    await _drain_after_an_outage(post, connection, office)
    assert len(server.recipients) == 3
    assert [post.row(mail) for mail in mails] == recorded


async def _drain_after_an_outage(post: Post, connection: AsyncConnection, office: PostOffice) -> None:
    """Do what the worker's loops do, the look for abandoned claims first."""
    abandoned = AbandonedClaims()
    await abandoned.give_back(connection, at=post.clock())
    await outbox_drain(connection, office=office)
    await abandoned.give_back(connection, at=post.clock())
    await outbox_drain(connection, office=office)


async def test_two_workers_never_claim_the_same_mail(post: Post, connection: AsyncConnection) -> None:
    for number in range(20):
        post.sign(f"alice{number}@example.org")
    wanted, at = Wanted(["confirm"], [], 15), post.clock()
    async with await AsyncConnection.connect(post.url) as other, other.transaction():
        theirs = await mails_claim(other, wanted, at=at, until=at + CLAIM)
        ours = await mails_claim(connection, wanted, at=at, until=at + CLAIM)
    assert (len(theirs), len(ours)) == (15, 5)
    assert not {mail.id for mail in theirs} & {mail.id for mail in ours}


async def test_mail_of_a_paused_petition_or_instance_waits(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    post.sign("alice@example.org")
    post.paused.add(post.petition_id)
    assert await outbox_drain(connection, office=office) == 0

    post.paused.clear()
    post.execute(
        "INSERT INTO foundation_switches (id, mail_paused_at) VALUES (1, now())"
        " ON CONFLICT (id) DO UPDATE SET mail_paused_at = now()"
    )
    assert await outbox_drain(connection, office=office) == 0

    post.execute("UPDATE foundation_switches SET mail_paused_at = NULL")
    assert await outbox_drain(connection, office=office) == 1
    assert len(server.recipients) == 1


async def test_a_mail_whose_attempt_is_gone_or_too_old_is_dropped(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    gone, old = post.sign("alice@example.org"), post.sign("bob@example.org")
    post.execute("DELETE FROM signing_attempt WHERE id = %s", post.row(gone)["cause_id"])
    post.clock.move(days=7)

    await outbox_drain(connection, office=office)

    assert {post.row(mail)["status"] for mail in (gone, old)} == {"dropped"}
    assert server.recipients == []


async def test_an_attempt_that_does_not_open_holds_up_nobody_and_waits(
    post: Post, connection: AsyncConnection, office: PostOffice, server: Server
) -> None:
    broken, whole = post.sign("alice@example.org"), post.sign("bob@example.org")
    post.execute(
        "UPDATE signing_attempt SET sealed = %s WHERE id = %s", b"\x01" * 80, post.row(broken)["cause_id"]
    )

    await outbox_drain(connection, office=office)

    assert (post.row(broken)["status"], post.row(broken)["last_error"]) == ("queued", "KeyUnknown")
    assert post.row(whole)["status"] == "sent"
