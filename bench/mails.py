"""How many confirmation mails one worker hands over in a second. Run by `python -m bench.mails [MAILS]`.

A real `undersign worker` drains a real outbox, with DKIM, to an SMTP server on loopback; worker, PostgreSQL
and that server share the machine. Measured from the first mail that arrives to the last.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "undersign.config.settings")

import django

django.setup()

import psycopg
from asgiref.sync import async_to_sync
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from psycopg import AsyncConnection

from bench.meter import Meter
from bench.smtp_sink import Sink, sinking
from bench.stage import SLUG, Stage, staged
from tests.waiting import until
from undersign.foundation.ids import uuid7
from undersign.foundation.keys import load_keys
from undersign.foundation.postgres.layout import layout_of
from undersign.signing.identity import SigningKeys
from undersign.signing.payload import AttemptPayload, Circumstances, SignerDetails
from undersign.signing.queries.petitions import signable_petitions
from undersign.signing.services.attempts import attempt_new, attempts_write

MAILS = 3000
AT_ONCE = 200
PATIENCE = 240
PAUSE = """
INSERT INTO foundation_switches (id, mail_paused_at) VALUES (1, now())
ON CONFLICT (id) DO UPDATE SET mail_paused_at = now()
"""
GO_ON = "UPDATE foundation_switches SET mail_paused_at = NULL"
FORGET = "UPDATE messaging_outboxmail SET status = 'dropped', done_at = now() WHERE status = 'queued'"
WAITING = "SELECT count(*) FROM messaging_outboxmail WHERE status = 'queued'"


@dataclass(frozen=True, slots=True)
class Drained:
    """How many mails left in a second, and what one of them cost."""

    rate: float
    cost: Mapping[str, float]


def mails_drain(stage: Stage, *, mails: int = MAILS) -> Drained:
    """Queue mails of as many people, start a worker, and measure how it drains them.

    What was queued before is dropped.
    """
    with psycopg.connect(stage.database_url, autocommit=True) as database, sinking() as sink:
        for statement in (PAUSE, FORGET):
            database.execute(statement)
        async_to_sync(attempts_queue)(stage, mails)
        database.execute("ANALYZE messaging_outboxmail, signing_attempt")
        with stage.worker(mailing_to(sink, stage)) as worker:
            before = Meter.read(stage, [worker])
            database.execute(GO_ON)
            until(lambda: database.execute(WAITING).fetchone() == (0,), patience=PATIENCE)
            cost = Meter.read(stage, [worker]).since(before, shared_by=mails, whose="worker")
        tally = sink.tally()
    assert tally.mails == mails, tally
    return Drained((mails - 1) / (tally.last - tally.first), cost)


async def attempts_queue(stage: Stage, count: int) -> None:
    """Let new people sign the petition that everybody visits, each as the form stores it."""
    keys, at = SigningKeys.of_newest_epoch(load_keys(stage.directory / "keys.json")), datetime.now(UTC)
    async with await AsyncConnection.connect(stage.database_url, autocommit=True) as connection:
        petitions = await signable_petitions(connection, at=at)
        [petition] = (petition for petition in petitions.values() if petition.slug == SLUG)
        text_id = next(text.id for text in petition.texts.values() if text.locale == petition.default_locale)
        circumstances = Circumstances(text_id, petition.default_locale)
        payloads = (
            AttemptPayload(f"{uuid7().hex}@people.example", "full", SignerDetails(name="Alice Example"))
            for _ in range(count)
        )
        attempts = [
            attempt_new(payload, circumstances, petition=petition, keys=keys, at=at) for payload in payloads
        ]
        for start in range(0, count, AT_ONCE):
            await attempts_write(connection, attempts[start : start + AT_ONCE])


def mailing_to(sink: Sink, stage: Stage) -> dict[str, str]:
    """Give the settings of a worker that signs what it sends."""
    key_file = stage.scratch("mails") / "dkim.pem"
    key_file.parent.mkdir(parents=True, exist_ok=True)
    key_file.write_bytes(private_key())
    return {
        "UNDERSIGN_MAIL_URL": f"smtp://127.0.0.1:{sink.port}/?tls=off",
        "UNDERSIGN_MAIL_FROM": "petitions@sender.example",
        "UNDERSIGN_DKIM_DOMAIN": "sender.example",
        "UNDERSIGN_DKIM_KEY_FILE": str(key_file),
    }


def private_key() -> bytes:
    """Make an RSA key of 2,048 bits, what mailbox providers check today."""
    key = generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def main() -> None:
    mails = int(sys.argv[1]) if sys.argv[1:] else MAILS
    home = Path(tempfile.mkdtemp(prefix="undersign-bench-"))
    try:
        with staged(home) as stage:
            drained = mails_drain(stage, mails=mails)
    finally:
        shutil.rmtree(layout_of(home).home, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)
    print(f"{drained.rate:.0f} mails a second; each costs {drained.cost}")


if __name__ == "__main__":
    main()
