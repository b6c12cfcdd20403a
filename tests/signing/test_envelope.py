"""What travels through the stream."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from undersign.foundation.ids import uuid7
from undersign.foundation.keys.ring import make_ring
from undersign.foundation.sealing import SealBroken, Sealer
from undersign.signing.intake import envelope
from undersign.signing.intake.envelope import FormatUnknown, envelope_open, envelope_seal
from undersign.signing.payload import Circumstances
from undersign.signing.services.attempts import NewAttempt

SEALER = Sealer(make_ring(alias_rules=1, at=datetime.now(UTC)))


def attempt() -> NewAttempt:
    """An attempt with something to lose in each field."""
    came = Circumstances(7, "ar", network="2001:db8::/64", source="مدرسة 🐟", held_reason="honeypot")
    return NewAttempt(
        id=uuid7(),
        petition_id=2**40,
        organisation_id=3,
        sealed=bytes(range(256)),
        email_key=b"\xff" * 32,
        index_epoch=4,
        mail_domain="people.example",
        circumstances=came,
        at=datetime(2026, 3, 29, 1, 59, 59, 123456, tzinfo=timezone(timedelta(hours=2))),
        proof_id=uuid7(),
    )


def test_every_field_of_an_attempt_arrives() -> None:
    sent = [attempt(), attempt()]
    for field in fields(NewAttempt):
        assert getattr(sent[0], field.name), f"say in this test what {field.name} may be"
    message_id = uuid7()
    sealed = envelope_seal(sent, message_id=message_id, sealer=SEALER)
    assert envelope_open(sealed, message_id=message_id, sealer=SEALER) == sent


def test_nothing_of_it_can_be_read_on_the_way() -> None:
    sealed = envelope_seal([attempt()], message_id=uuid7(), sealer=SEALER)
    for clear in (b"people.example", b"2001:db8", b"honeypot", b"\xff" * 8):
        assert clear not in sealed


def test_it_opens_only_under_the_id_of_its_message() -> None:
    sealed = envelope_seal([attempt()], message_id=uuid7(), sealer=SEALER)
    with pytest.raises(SealBroken):
        envelope_open(sealed, message_id=uuid7(), sealer=SEALER)


def test_an_older_release_leaves_what_a_newer_one_has_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    message_id = uuid7()
    with monkeypatch.context() as newer:
        newer.setattr(envelope, "VERSION", 2)
        sealed = envelope_seal([attempt()], message_id=message_id, sealer=SEALER)
    with pytest.raises(FormatUnknown):
        envelope_open(sealed, message_id=message_id, sealer=SEALER)


def test_a_field_that_is_not_known_yet_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    message_id = uuid7()
    names = tuple(field.name for field in fields(NewAttempt))
    monkeypatch.setattr(envelope, "_NAMES", (*names, "__module__"))  # a release with one field more
    sealed = envelope_seal([replace(attempt())], message_id=message_id, sealer=SEALER)
    with pytest.raises(FormatUnknown):
        envelope_open(sealed, message_id=message_id, sealer=SEALER)
