"""`undersign erase` forgets whoever asks for it, wherever they are, and says how much without saying who."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.conf import settings
from structlog.testing import capture_logs

from tests.delivery.conftest import NOON, People, bobs, mallorys, ring  # noqa: F401 -- fixtures
from undersign.campaigns.services import petition_freeze
from undersign.config.backup.replaying import erasures_replay
from undersign.config.cli.erase import command
from undersign.foundation.changes import changes_since, petition_topic
from undersign.foundation.ids import uuid7
from undersign.foundation.keys import KeyRing
from undersign.foundation.models import AuditEntry
from undersign.foundation.switches import Switch, switch_on
from undersign.messaging.models import OutboxMail
from undersign.signing.models import Attempt, Signature, TallyDelta
from undersign.signing.queries.names import names_newest
from undersign.supporters.erasure_list import Erasure, erasures_read
from undersign.supporters.mailbox import email_key, parse_address
from undersign.supporters.models import Consent, Organisation, Supporter, Suppression

ALICE = "alice@gmail.com"


def key_at(people: People, address: str) -> bytes:
    return email_key(
        parse_address(address), organisation_id=people.organisation.pk, index_key=people.ring.index_keys[-1]
    )


def sign(people: People, address: str = ALICE, **details: Any) -> Signature:
    """Put somebody under the petition who can be found by their address; their name is shown."""
    signature = people.sign("Alice Ames", address, **details)
    Supporter.objects.filter(pk=signature.supporter_id).update(email_key=key_at(people, address))
    Signature.objects.filter(pk=signature.pk).update(display="full", public_name="Alice Ames")
    signature.refresh_from_db()
    return signature


def begin_to_sign(people: People, address: str = ALICE, *, at: datetime = NOON) -> Attempt:
    """Leave a form that nobody has confirmed, and its mail."""
    attempt = Attempt.objects.create(
        id=uuid7(at),
        petition_id=people.petition.pk,
        text_id=people.text.pk,
        sealed=b"sealed",
        email_key=key_at(people, address),
        index_epoch=1,
        locale="en",
    )
    OutboxMail.objects.create(
        id=uuid7(at),
        kind="confirm",
        cause_id=attempt.pk,
        organisation=people.organisation,
        email_key=key_at(people, address),
        not_before=at,
    )
    return attempt


@dataclass
class Terminal:
    """Where an operator types; `everything` is all that was shown or logged so far."""

    everything: str = ""

    def erase(self, *arguments: str, typed: str = "") -> Result:
        done = CliRunner().invoke(command, arguments, input=typed)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        self.everything += done.output
        return done


@pytest.fixture
def terminal(
    ring: KeyRing,  # noqa: F811
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Terminal]:
    """Nothing that is shown, logged, kept in the history or listed may name Alice."""
    monkeypatch.setenv("DATABASE_URL", "of this test: the command starts no server of its own")
    settings.ERASURES_FILE = settings.DATA_DIR / "erasures.jsonl"
    with capture_logs() as logged:
        made = Terminal()
        yield made
    listed = settings.ERASURES_FILE.read_text() if settings.ERASURES_FILE.exists() else ""
    history = str(list(AuditEntry.objects.values()))
    for told in (made.everything, str(logged), caplog.text, listed, history):
        assert "lice@" not in told.lower().replace("is alice@gmail.com", "")
        assert "Ames" not in told


def test_everything_of_a_person_goes_and_the_count_follows(bobs: People, terminal: Terminal) -> None:  # noqa: F811
    alices, teds = sign(bobs), bobs.sign("Ted Tate")
    bobs.answer(alices, bobs.asks[0], is_given=True)
    begin_to_sign(bobs)
    began = datetime.now(UTC)
    done = terminal.erase("A.Lice+petitions@googlemail.com", typed="y\n")
    assert done.exit_code == 0, done.output
    assert "Rivers (rivers), since 2026-03-01: signatures: 1, answers about consent: 1" in done.stdout
    assert "forms not confirmed: 1, mails, waiting or noted as sent: 1" in done.stdout
    assert "Erased at Rivers." in done.stdout
    assert (list(Signature.objects.all()), list(Supporter.objects.all())) == ([teds], [teds.supporter])
    assert not Consent.objects.exists()
    assert not Attempt.objects.exists()
    assert not OutboxMail.objects.exists()
    assert [(d.petition_id, d.delta) for d in TallyDelta.objects.all()] == [(bobs.petition.pk, -1)]
    assert [name.name for name in names_newest(petition_id=bobs.petition.pk, limit=5)] == [""]
    assert petition_topic(bobs.petition.pk) in changes_since(began)
    suppression = Suppression.objects.get()
    assert (suppression.reason, bytes(suppression.email_key)) == ("erased", key_at(bobs, ALICE))
    entry = AuditEntry.objects.get(action="supporter.erased")
    assert (entry.organisation_id, entry.detail) == (bobs.organisation.pk, {})
    [erasure] = erasures_read(settings.ERASURES_FILE)
    assert erasure.email_key == key_at(bobs, ALICE)


def test_one_of_two_organisations_forgets_and_then_the_other(
    bobs: People,  # noqa: F811
    mallorys: People,  # noqa: F811
    terminal: Terminal,
) -> None:
    here, there = sign(bobs), sign(mallorys)
    done = terminal.erase("-", "--organisation", "rivers", "--yes", typed=f"{ALICE}\n")
    assert (done.exit_code, "mills" in done.output) == (0, False)
    assert list(Signature.objects.all()) == [there]
    assert here.supporter_id not in set(Supporter.objects.values_list("pk", flat=True))
    assert terminal.erase("-", "--organisation", "rivers", "--yes", typed=ALICE).exit_code == 1
    assert terminal.erase("-", "--yes", typed=ALICE).exit_code == 0
    assert not Supporter.objects.exists()
    assert {s.organisation_id for s in Suppression.objects.all()} == set(
        Organisation.objects.values_list("pk", flat=True)
    )


def test_whoever_only_began_to_sign_is_forgotten_too(bobs: People, terminal: Terminal) -> None:  # noqa: F811
    begin_to_sign(bobs)
    kept = begin_to_sign(bobs, "ted@people.example")
    done = terminal.erase(ALICE, "--yes")
    assert (done.exit_code, "forms not confirmed: 1" in done.stdout) == (0, True)
    assert list(Attempt.objects.all()) == [kept]
    assert OutboxMail.objects.get().cause_id == kept.pk
    assert not TallyDelta.objects.exists()


def test_twice_is_harmless_and_says_that_nobody_is_there(bobs: People, terminal: Terminal) -> None:  # noqa: F811
    sign(bobs)
    assert terminal.erase(ALICE, "--yes").exit_code == 0
    again = terminal.erase(ALICE, "--yes")
    assert again.exit_code == 1
    assert "Nobody is known by this address" in again.stderr
    assert "spelt otherwise" in again.stderr
    assert len(erasures_read(settings.ERASURES_FILE)) == TallyDelta.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (["alice"], "", "no e-mail address"),
        (["-"], "", "no e-mail address"),
        ([ALICE, "--organisation", "hills"], "", "There is no organisation “hills”. There are: rivers."),
        ([ALICE], "n\n", "Nothing was erased"),
        ([ALICE], "", "Aborted"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_changes_nothing(
    bobs: People,  # noqa: F811
    terminal: Terminal,
    arguments: list[str],
    typed: str,
    said: str,
) -> None:
    sign(bobs)
    done = terminal.erase(*arguments, typed=typed)
    assert (done.exit_code, said in done.stderr) == (1, True), done.output
    assert (Signature.objects.count(), Suppression.objects.count()) == (1, 0)


def test_what_is_read_only_is_not_touched(bobs: People, mallorys: People, terminal: Terminal) -> None:  # noqa: F811
    sign(bobs)
    sign(mallorys)
    petition_freeze(petition=bobs.petition, by=None, at=NOON)
    held = terminal.erase(ALICE, "--yes")
    assert (held.exit_code, "read-only: rivers" in held.stderr) == (1, True)
    assert Signature.objects.count() == 2
    assert terminal.erase(ALICE, "--organisation", "mills", "--yes").exit_code == 0
    switch_on(switch=Switch.READ_ONLY, by=None, at=NOON)
    assert "The instance is read-only" in terminal.erase(ALICE, "--yes").stderr
    assert Signature.objects.count() == 1


def test_a_restored_backup_confirms_and_sends_nothing_to_whoever_was_erased(
    bobs: People,  # noqa: F811
    terminal: Terminal,
) -> None:
    """The backup had Alice's form; she confirmed it afterwards, then was erased. Ted came back later."""
    begin_to_sign(bobs)
    sign(bobs, "ted@people.example")
    erased = [
        Erasure(at, bobs.organisation.pk, 1, key_at(bobs, address))
        for address, at in ((ALICE, NOON), ("ted@people.example", NOON - timedelta(days=30)))
    ]
    assert erasures_replay(erasures=erased, ring=bobs.ring, at=NOON) == 0
    assert not Attempt.objects.exists()
    assert not OutboxMail.objects.exists()
    assert Signature.objects.count() == 1
    assert Suppression.objects.count() == 2
