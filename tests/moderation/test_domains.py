"""Mail domains are looked up once, by the worker, and leave a hint."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from prometheus_client import REGISTRY
from psycopg import AsyncConnection

from tests.campaigns.conftest import rivers  # noqa: F401 -- a fixture
from tests.moderation.conftest import Desk
from undersign.foundation.keys.ring import make_ring
from undersign.foundation.sealing import Sealer
from undersign.moderation.domains import MAX_NEW, DomainNotes, MetDomain, is_disposable
from undersign.moderation.models import MailDomain
from undersign.moderation.services.domains import domains_forget, domains_look_up, domains_note
from undersign.supporters.models import Organisation

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SEALER = Sealer(make_ring(alias_rules=1, at=NOW))


class Names:
    """A domain name system in which few domains exist, and one server does not answer."""

    asked: list[str]

    def __init__(self) -> None:
        self.asked = []

    async def takes_mail(self, domain: str) -> bool | None:
        self.asked.append(domain)
        return {"good.example": True, "none.example": False}.get(domain)


def test_a_domain_is_noted_once_and_a_flood_is_not() -> None:
    notes = DomainNotes()
    met = MetDomain(1, "~a", "a.example")
    for _ in range(2):
        notes.note(met)
    assert notes.take() == [met]
    notes.note(met)
    assert notes.take() == []
    notes.give_back([met])
    assert notes.take() == [met]
    for number in range(MAX_NEW + 10):
        notes.note(MetDomain(1, f"~{number}", f"{number}.example"))
    assert len(notes.take()) == MAX_NEW


def test_mailboxes_to_be_thrown_away_are_known_below_their_domain_too() -> None:
    assert is_disposable("mailinator.com")
    assert is_disposable("x.mailinator.com")
    assert not is_disposable("notmailinator.com.example")


def counted() -> Counter[str]:
    """What Prometheus would be told of mail domains."""
    names = ("met", "disposable", "mail", "none", "unknown")
    values = {
        name: REGISTRY.get_sample_value("undersign_mail_domains_total", {"what": name}) for name in names
    }
    return Counter({name: int(value) for name, value in values.items() if value})


@pytest.fixture
async def connection(transactional_db: None, database_url: str) -> AsyncIterator[AsyncConnection[Any]]:
    # Django's connection in the thread of sync_to_async may be another test's, to a database that is gone.
    await sync_to_async(connections.close_all)()
    async with await AsyncConnection.connect(database_url, autocommit=True) as opened:
        yield opened
    await sync_to_async(connections.close_all)()


@pytest.mark.anyio
@pytest.mark.django_db(transaction=True)
async def test_the_worker_looks_each_domain_up_and_forgets_its_name(
    connection: AsyncConnection[Any],
    rivers: Organisation,  # noqa: F811
) -> None:
    domains = ("good.example", "none.example", "silent.example", "mailinator.com")
    before = counted()
    met = sorted(MetDomain(rivers.pk, f"~{domain[:4]}", domain) for domain in domains)
    for _ in range(2):
        await domains_note(connection, met, sealer=SEALER, at=NOW)
    names, at = Names(), NOW
    for _ in range(7):
        await domains_look_up(connection, servers=names, sealer=SEALER, at=at)
        at += timedelta(minutes=11)
    assert [names.asked.count(domain) for domain in domains] == [1, 1, 5, 5]

    found = {domain.name: domain async for domain in MailDomain.objects.all()}
    assert {name: domain.finding for name, domain in found.items()} == {
        "~good": "mail",
        "~none": "none",
        "~sile": "",
        "~mail": "",
    }
    assert {name for name, domain in found.items() if domain.doubt} == {"~none", "~mail"}
    assert not any(domain.sealed for domain in found.values())
    assert counted() - before == {"met": 3, "disposable": 1, "mail": 1, "none": 1, "unknown": 2}
    await domains_forget(connection, at=NOW + timedelta(days=91))
    assert not await sync_to_async(MailDomain.objects.count)()


def test_a_moderator_reads_what_speaks_against_a_mail_domain(desk: Desk) -> None:
    bot, _alice = desk.attack(1)[0], desk.sign()
    MailDomain.objects.create(
        organisation=desk.people.organisation, name=bot.mail_domain, is_disposable=True, met_at=NOW
    )
    page = desk.browser.get(desk.address("review")).text
    assert page.count("mailboxes to be thrown away") == 1
    mallorys = MailDomain.objects.get()
    mallorys.is_disposable, mallorys.finding = False, MailDomain.Finding.NONE
    mallorys.save()
    assert "takes no mail" in desk.browser.get(desk.address("review")).text
