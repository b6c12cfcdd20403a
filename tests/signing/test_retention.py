"""When a petition's retention has run out, people are forgotten and the count stays."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from structlog.testing import capture_logs

from tests.signing.conftest import Campaign, make_campaign
from undersign.campaigns.errors import MoveNotPossible
from undersign.campaigns.models import Petition
from undersign.campaigns.services import petition_freeze, petition_reopen
from undersign.foundation.ids import uuid7, uuid7_at
from undersign.foundation.models import AuditEntry
from undersign.foundation.switches import Switch, switch_on
from undersign.messaging.models import OutboxMail
from undersign.signing.models import Signature, SignatureEvent, Tally
from undersign.signing.queries.counts import counts_differing, counts_shown
from undersign.signing.queries.names import names_newest
from undersign.signing.services import retention
from undersign.signing.services.retention import retention_enforce
from undersign.supporters.models import Consent, Organisation, Supporter

pytestmark = pytest.mark.django_db

CLOSED = datetime(2026, 3, 1, 12, tzinfo=UTC)
SIGNED = CLOSED - timedelta(days=3)
DUE = CLOSED + timedelta(days=60)
BEFORE = DUE - timedelta(seconds=1)


@dataclass
class Crowd:
    """People of Bob's organisation, who sign its petitions."""

    _people: dict[str, Supporter] = field(default_factory=dict)

    def person(self, name: str, organisation: Organisation) -> Supporter:
        if name not in self._people:
            self._people[name] = Supporter.objects.create(
                id=uuid7(SIGNED),
                organisation=organisation,
                email_sealed=b"sealed",
                email_key=len(self._people).to_bytes(32, "big"),
                locale="en",
                created_at=SIGNED,
            )
        return self._people[name]

    def sign(self, campaign: Campaign, name: str = "Alice Ames", **fields: Any) -> Signature:
        given = {"display": "full", "public_name": name, "country": "IE", "postcode_area": "D0"} | fields
        signature = Signature.objects.create(
            id=uuid7(SIGNED),
            petition=campaign.petition,
            supporter=self.person(name, campaign.petition.organisation),
            attempt_id=uuid7(SIGNED),
            text=campaign.text,
            name_key=b"n" * 32,
            sealed=b"sealed",
            locale="en",
            network="192.0.2.0",
            source="alices-link",
            mail_domain="gmail.com",
            confirmed_at=SIGNED,
            **given,
        )
        SignatureEvent.objects.create(signature=signature, kind="confirmed", at=SIGNED)
        if signature.state == "confirmed":
            tally, _ = Tally.objects.get_or_create(petition=campaign.petition, updated_at=SIGNED)
            tally.count += 1
            tally.save()
        return signature

    def answer(
        self, campaign: Campaign, name: str, *, is_given: bool, at: datetime = SIGNED, action: str = ""
    ) -> None:
        Consent.objects.create(
            supporter=self._people[name],
            wording=campaign.wording,
            is_given=is_given,
            at=at,
            action=action or f"petition:{campaign.petition.pk}",
        )


@pytest.fixture
def crowd() -> Crowd:
    return Crowd()


def closed_petition(slug: str = "quiet-streets", **fields: Any) -> Campaign:
    given = {"retention_days": 60, "ended_at": CLOSED} | fields
    state = given.pop("state", "closed" if given["ended_at"] else "open")
    campaign = make_campaign(slug, **given)
    Petition.objects.filter(pk=campaign.petition.pk).update(state=state)
    return campaign


def enforce(at: datetime = DUE, is_closing: Callable[[], bool] = lambda: False) -> None:
    retention_enforce(at=at, is_closing=is_closing)


def forgotten(campaign: Campaign) -> int:
    return Signature.objects.filter(petition=campaign.petition, supporter=None).count()


def entries() -> list[tuple[str, dict[str, Any]]]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "detail"))


def test_the_person_goes_and_the_row_stays(crowd: Crowd) -> None:
    petition = closed_petition()
    before = crowd.sign(petition)
    enforce()
    row = Signature.objects.values().get()
    assert row.pop("id") != before.pk
    assert row == {
        "petition_id": petition.petition.pk,
        "text_id": petition.text.pk,
        "supporter_id": None,
        "attempt_id": None,
        "slot": 0,
        "name_key": None,
        "sealed": None,
        "display": "anonymous",
        "public_name": "",
        "country": "IE",
        "postcode_area": "",
        "locale": "en",
        "network": None,
        "source": "",
        "mail_domain": "",
        "state": "confirmed",
        "withdrawn_by": "",
        "confirmed_at": SIGNED.replace(hour=0),
    }
    assert not Supporter.objects.exists()
    assert not SignatureEvent.objects.exists()


def test_an_id_tells_the_day_and_no_more(crowd: Crowd) -> None:
    crowd.sign(closed_petition())
    enforce()
    signed_at = uuid7_at(Signature.objects.get().pk)
    assert signed_at == SIGNED.replace(hour=23, minute=59, second=59, microsecond=999_000)


def test_the_count_stays_and_can_be_counted_again(crowd: Crowd) -> None:
    petition = closed_petition()
    for name in ("Alice Ames", "Ted Todd", "Una Ure"):
        crowd.sign(petition, name)
    crowd.sign(petition, "Mallory Mill", state="withdrawn", withdrawn_by="moderator")
    enforce()
    assert forgotten(petition) == 4
    assert counts_shown([petition.petition.pk]) == {petition.petition.pk: 3}
    assert counts_differing() == []
    assert Signature.objects.filter(state="withdrawn", withdrawn_by="moderator").count() == 1


def test_the_public_list_shows_them_as_anonymous(crowd: Crowd) -> None:
    petition = closed_petition()
    crowd.sign(petition, "Alice Ames")
    crowd.sign(petition, "Ted T.", display="initial")
    enforce()
    assert [n.name for n in names_newest(petition_id=petition.petition.pk, limit=10)] == ["", ""]


@pytest.mark.parametrize(
    "fields",
    [
        {"ended_at": CLOSED},
        {"ended_at": None, "closes_at": CLOSED},
        {"ended_at": CLOSED + timedelta(days=30), "closes_at": CLOSED, "state": "won"},
        {"ended_at": CLOSED, "closes_at": CLOSED + timedelta(days=30), "state": "lost"},
    ],
)
def test_days_count_from_the_end_of_signing(crowd: Crowd, fields: dict[str, Any]) -> None:
    petition = closed_petition(**fields)
    crowd.sign(petition)
    enforce(BEFORE)
    assert forgotten(petition) == 0
    enforce(DUE)
    assert forgotten(petition) == 1


def test_without_days_of_its_own_a_petition_follows_its_organisation(crowd: Crowd) -> None:
    petition = closed_petition(retention_days=None)
    crowd.sign(petition)
    year = CLOSED + timedelta(days=365)
    enforce(year - timedelta(seconds=1))
    assert forgotten(petition) == 0
    enforce(year)
    assert forgotten(petition) == 1


@pytest.mark.parametrize("closes_at", [None, DUE + timedelta(days=3600)])
def test_an_open_petition_keeps_its_signers(crowd: Crowd, closes_at: datetime | None) -> None:
    petition = closed_petition(ended_at=None, closes_at=closes_at)
    crowd.sign(petition)
    enforce(DUE + timedelta(days=3650 if closes_at is None else 60))
    assert forgotten(petition) == 0


def test_who_signed_two_petitions_is_forgotten_with_the_second(crowd: Crowd) -> None:
    first, second = closed_petition(), closed_petition("clean-rivers", retention_days=90)
    crowd.sign(first)
    crowd.sign(second)
    enforce()
    assert (forgotten(first), forgotten(second)) == (1, 0)
    assert Supporter.objects.count() == 1
    enforce(CLOSED + timedelta(days=90))
    assert (forgotten(second), Supporter.objects.count()) == (1, 0)


def test_consent_keeps_the_supporter_and_nothing_leads_to_the_signature(crowd: Crowd) -> None:
    petition = closed_petition()
    for name in ("Alice Ames", "Ted Todd"):
        crowd.sign(petition, name)
    crowd.answer(petition, "Alice Ames", is_given=True)
    crowd.answer(petition, "Ted Todd", is_given=False)
    enforce()
    assert forgotten(petition) == 2
    assert [c.supporter_id for c in Consent.objects.all()] == [Supporter.objects.get().pk]


@pytest.mark.parametrize(
    ("action", "is_kept"), [("unsubscribe", False), ("petition:99", True)], ids=["unsubscribed", "on a form"]
)
def test_a_no_from_elsewhere_ends_consent_and_one_on_a_form_does_not(
    crowd: Crowd, action: str, is_kept: bool
) -> None:
    petition = closed_petition()
    crowd.sign(petition)
    crowd.answer(petition, "Alice Ames", is_given=True)
    crowd.answer(petition, "Alice Ames", is_given=False, at=SIGNED + timedelta(days=9), action=action)
    enforce()
    assert Supporter.objects.exists() == is_kept


def test_who_was_just_sent_a_link_is_left_for_a_later_round(crowd: Crowd) -> None:
    petition = closed_petition()
    supporter = crowd.sign(petition).supporter
    assert supporter is not None
    mail = OutboxMail.objects.create(
        kind="confirm",
        cause_id=uuid7(DUE),
        organisation=petition.petition.organisation,
        email_key=supporter.email_key,
        not_before=DUE,
        status="sent",
        done_at=DUE,
    )
    enforce()
    assert (forgotten(petition), Supporter.objects.count()) == (1, 1)
    mail.delete()
    enforce()
    assert not Supporter.objects.exists()


def test_the_audit_tells_numbers_and_a_second_run_does_nothing(crowd: Crowd) -> None:
    petition = closed_petition()
    for name in ("Alice Ames", "Ted Todd"):
        crowd.sign(petition, name)
    enforce()
    first = entries()
    assert first == [
        ("petition.signers_forgotten", {"signatures": 2}),
        ("supporters.forgotten", {"supporters": 2}),
    ]
    rows = list(Signature.objects.order_by("pk").values())
    enforce(DUE + timedelta(days=1))
    assert entries() == first
    assert list(Signature.objects.order_by("pk").values()) == rows


def test_batches_leave_nobody_out_not_even_two_at_one_mailbox(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    petition = closed_petition(names_per_mailbox=2)
    for name in ("Alice Ames", "Ted Todd", "Una Ure"):
        crowd.sign(petition, name)
        crowd.sign(petition, name, slot=1)
    with capture_logs() as logs:
        enforce()
    assert forgotten(petition) == 6
    done = [line["signatures"] for line in logs if line["event"] == "retention_progress"]
    assert done == [2, 4, 6, 6]
    assert [action for action, _ in entries()] == ["petition.signers_forgotten", "supporters.forgotten"]


def test_a_worker_that_is_told_to_stop_goes_on_where_it_was(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    petition = closed_petition()
    for name in ("Alice Ames", "Ted Todd"):
        crowd.sign(petition, name)
    asked = iter([False, True, True])
    enforce(is_closing=lambda: next(asked))
    assert (forgotten(petition), entries()) == (1, [])
    enforce()
    assert (forgotten(petition), entries()[0][1]) == (2, {"signatures": 2})


@contextmanager
def failing(campaign: Campaign) -> Iterator[None]:
    """Have the database refuse to change the signatures of one petition."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"ALTER TABLE signing_signature ADD CONSTRAINT stuck"
            f" CHECK (petition_id <> {campaign.petition.pk:d} OR supporter_id IS NOT NULL) NOT VALID"
        )
        yield
        cursor.execute("ALTER TABLE signing_signature DROP CONSTRAINT stuck")


@pytest.mark.django_db(transaction=True)
def test_a_petition_that_fails_does_not_stop_the_next(crowd: Crowd) -> None:
    bad, good = closed_petition(), closed_petition("clean-rivers")
    crowd.sign(bad)
    crowd.sign(good, "Ted Todd")
    with failing(bad), capture_logs() as logs:
        enforce()
    assert (forgotten(bad), forgotten(good)) == (0, 1)
    [failure] = [line for line in logs if line["event"] == "retention_failed"]
    assert failure["petition_id"] == bad.petition.pk
    assert "Alice" not in str(logs)
    enforce()
    assert forgotten(bad) == 1


@pytest.mark.django_db(transaction=True)
def test_a_petition_that_somebody_holds_is_left_for_the_next_round(crowd: Crowd, database_url: str) -> None:
    held, free = closed_petition(), closed_petition("clean-rivers")
    crowd.sign(held)
    crowd.sign(free, "Ted Todd")
    with psycopg.connect(database_url) as editor:
        editor.execute("SELECT FROM campaigns_petition WHERE id = %s FOR NO KEY UPDATE", (held.petition.pk,))
        enforce()
    assert (forgotten(held), forgotten(free)) == (0, 1)
    enforce()
    assert forgotten(held) == 1


@pytest.mark.django_db(transaction=True)
def test_people_sign_other_petitions_and_this_one_while_a_batch_is_under_way(
    crowd: Crowd, database_url: str
) -> None:
    petition, other = closed_petition(), closed_petition("clean-rivers", ended_at=None)
    alice = crowd.sign(petition).supporter
    with psycopg.connect(database_url) as signing, transaction.atomic():
        retention.signatures_forget(petition_id=petition.petition.pk, after=(UUID(int=0), 0), at=DUE)
        signing.execute("SET lock_timeout = '1s'")
        for each in (petition, other):
            signing.execute(
                "INSERT INTO signing_signature (id, petition_id, supporter_id, slot, attempt_id, text_id,"
                " name_key, sealed, display, public_name, country, postcode_area, locale, source, state,"
                " withdrawn_by, confirmed_at)"
                " VALUES (%s, %s, %s, 1, %s, %s, 'k', 's', 'anonymous', '', '', '', 'en', '', 'confirmed',"
                " '', now())",
                (uuid7(), each.petition.pk, alice.pk if alice else None, uuid7(), each.text.pk),
            )
        signing.commit()
    assert forgotten(petition) == 1
    assert Signature.objects.filter(supporter__isnull=False).count() == 2


def test_a_forgotten_petition_stays_closed(crowd: Crowd) -> None:
    by_date = closed_petition(ended_at=None, closes_at=CLOSED)
    crowd.sign(by_date)
    enforce()
    petition = Petition.objects.get(pk=by_date.petition.pk)
    assert (petition.state, petition.ended_at, petition.signers_forgotten_at) == ("closed", CLOSED, DUE)
    with pytest.raises(MoveNotPossible):
        petition_reopen(petition=petition, by=None, at=DUE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Petition.objects.filter(pk=petition.pk).update(state="open")


def test_a_read_only_petition_and_instance_wait(crowd: Crowd) -> None:
    frozen, other = closed_petition(), closed_petition("clean-rivers")
    crowd.sign(frozen)
    crowd.sign(other, "Ted Todd")
    petition_freeze(petition=frozen.petition, by=None, at=DUE)
    enforce()
    assert (forgotten(frozen), forgotten(other)) == (0, 1)
    switch_on(switch=Switch.READ_ONLY, by=None, at=DUE)
    later = closed_petition("safe-schools")
    crowd.sign(later, "Una Ure")
    enforce()
    assert forgotten(later) == 0


@pytest.mark.parametrize(
    "kept", [{"public_name": "Alice", "display": "full"}, {"sealed": b"x"}, {"source": "x"}]
)
def test_the_database_keeps_nothing_of_a_person_without_one(crowd: Crowd, kept: dict[str, Any]) -> None:
    crowd.sign(closed_petition())
    enforce()
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.update(**kept)
