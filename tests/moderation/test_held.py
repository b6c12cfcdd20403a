"""What is held waits, is found by what it has in common, and goes out when a moderator lets it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.db import connection

from tests.campaigns.conftest import bob, mallory, rivers, weir  # noqa: F401 -- fixtures
from undersign.campaigns.models import Petition
from undersign.foundation.ids import uuid7
from undersign.foundation.models import AuditEntry
from undersign.foundation.switches import Switch, switch_on
from undersign.messaging.models import OutboxMail
from undersign.messaging.services.purging import outbox_purge
from undersign.moderation.errors import PetitionReadOnly
from undersign.moderation.queries.held import (
    HeldChoice,
    HeldGroup,
    held_attempts,
    held_by_network,
    held_by_reason,
)
from undersign.moderation.services.releasing import held_release
from undersign.supporters.errors import NotAllowed

NOW = datetime(2026, 6, 8, 12, tzinfo=UTC)
EVERYTHING = HeldChoice()

pytestmark = pytest.mark.django_db

STORE = """
INSERT INTO signing_attempt
    (id, petition_id, text_id, sealed, email_key, index_epoch, locale, network, source, held_reason,
     mail_domain)
VALUES (%s, %s, 1, '', decode(repeat('00', 32), 'hex'), 1, 'en', %s, '', %s, '')
"""

Hold = Callable[..., UUID]


@pytest.fixture
def hold(weir: Petition) -> Hold:  # noqa: F811
    """Store an attempt with its mail, as signing does."""

    def store(reason: str = "honeypot", *, network: str = "192.0.2.0/24", at: datetime = NOW) -> UUID:
        id_ = uuid7(at)
        with connection.cursor() as cursor:
            cursor.execute(STORE, (id_, weir.pk, network, reason))
        OutboxMail.objects.create(
            id=uuid7(at), kind="confirm", cause_id=id_, organisation=weir.organisation, petition_id=weir.pk,
            email_key=bytes(32), status="held" if reason else "queued", not_before=at,
        )  # fmt: skip
        return id_

    return store


def ids(petition: Petition, choice: HeldChoice = EVERYTHING) -> list[UUID]:
    return [attempt.id for attempt in held_attempts(petition, choice, at=NOW)]


def test_what_is_held_is_found_by_what_it_has_in_common(weir: Petition, hold: Hold) -> None:  # noqa: F811
    hold("", network="192.0.2.0/24")
    old = hold(at=NOW - timedelta(days=2))
    trapped = hold(network="198.51.100.0/24")
    six = hold("replayed", network="2001:db8:0:1::/64")
    hold(at=NOW - timedelta(days=6, seconds=1))  # its link would not hold for a day
    assert ids(weir) == [old, trapped, six]
    assert ids(weir, HeldChoice(reason="replayed")) == [six]
    assert ids(weir, HeldChoice(network="198.51.0.0/16")) == [trapped]
    assert ids(weir, HeldChoice(network="2001:db8::/32")) == [six]
    assert ids(weir, HeldChoice(until=NOW - timedelta(days=1))) == [old]
    assert ids(weir, HeldChoice(since=NOW - timedelta(days=1), ids=[old, six])) == [six]
    assert held_by_reason(weir, EVERYTHING, at=NOW) == [HeldGroup("honeypot", 2), HeldGroup("replayed", 1)]
    assert len(held_by_network(weir, EVERYTHING, at=NOW)) == 3


def test_a_moderator_lets_out_what_was_held(weir: Petition, bob: User, hold: Hold) -> None:  # noqa: F811
    one, other, kept = hold(), hold(), hold("replayed")
    later = NOW + timedelta(hours=3)
    assert held_release(petition=weir, choice=HeldChoice(reason="honeypot"), by=bob, at=later) == 2
    assert ids(weir) == [kept]
    mails = OutboxMail.objects.filter(status="queued", not_before=later).values_list("cause_id", flat=True)
    assert set(mails) == {one, other}
    assert held_release(petition=weir, choice=HeldChoice(reason="honeypot"), by=bob, at=later) == 0
    entry = AuditEntry.objects.get(action="attempts.released")
    assert (entry.actor, entry.detail) == (bob, {"count": 2, "reason": "honeypot"})


def test_only_who_moderates_lets_out(weir: Petition, mallory: User, hold: Hold) -> None:  # noqa: F811
    hold()
    with pytest.raises(NotAllowed):
        held_release(petition=weir, choice=EVERYTHING, by=mallory, at=NOW)
    weir.read_only_at = NOW
    with pytest.raises(PetitionReadOnly):
        held_release(petition=weir, choice=EVERYTHING, by=None, at=NOW)
    weir.read_only_at = None
    switch_on(switch=Switch.READ_ONLY, by=None, at=NOW)
    with pytest.raises(PetitionReadOnly):
        held_release(petition=weir, choice=EVERYTHING, by=None, at=NOW)
    assert len(ids(weir)) == 1


def test_the_mail_of_what_nobody_looked_at_is_forgotten(hold: Hold) -> None:
    hold()
    assert outbox_purge(at=NOW + timedelta(days=14)) == 0
    assert outbox_purge(at=NOW + timedelta(days=16)) == 1
