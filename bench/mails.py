"""How many confirmation mails one worker hands over in a second. Run by `python -m bench.mails [MAILS]`.

A real `undersign worker` drains a real outbox, with DKIM, to an SMTP server on loopback; worker, PostgreSQL
and that server share the machine. Measured from the first mail that arrives to the last.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

import psycopg
from asgiref.sync import async_to_sync
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from psycopg import AsyncConnection

from bench.smtp_sink import sinking
from tests.database import TestDatabase
from tests.waiting import until
from undersign.campaigns.models import Petition, PetitionText, TextVersion
from undersign.foundation.ids import uuid7
from undersign.foundation.keys import KeyRing, ensure_keys_file, load_keys
from undersign.foundation.postgres import server_running
from undersign.foundation.postgres.layout import layout_of
from undersign.signing.identity import SigningKeys, mailbox_keys
from undersign.signing.payload import AttemptPayload, Circumstances, SignerDetails, attempt_seal
from undersign.signing.services.attempts import NewAttempt, attempts_write
from undersign.supporters.mailbox_rules import ALIAS_RULES_VERSION
from undersign.supporters.models import Organisation

MAILS = 3000
PATIENCE = 240
PAUSE = """
INSERT INTO foundation_switches (id, mail_paused_at) VALUES (1, now())
ON CONFLICT (id) DO UPDATE SET mail_paused_at = now()
"""
GO_ON = "UPDATE foundation_switches SET mail_paused_at = NULL"
WAITING = "SELECT count(*) FROM messaging_outboxmail WHERE status = 'queued'"
BEATS = "SELECT count(*) FROM foundation_heartbeat WHERE loop = 'mail'"


def mails_per_second(
    *, database_url: str, directory: Path, mails: int = MAILS, kept: Path | None = None
) -> float:
    """Queue mails of a new petition in an empty outbox, start a worker, and measure how it drains them.

    `database_url` is migrated and Django's own connection leads there; `directory` is for keys and logs. With
    `kept`, the mails are appended to that file, see bench.smtp_sink.
    """
    keys_file = directory / "mails-keys.json"
    ensure_keys_file(keys_file, alias_rules=ALIAS_RULES_VERSION, at=datetime.now(UTC))
    with psycopg.connect(database_url, autocommit=True) as database, sinking(kept) as sink:
        database.execute(PAUSE)
        async_to_sync(attempts_queue)(database_url, attempts_new(load_keys(keys_file), mails))
        database.execute("ANALYZE messaging_outboxmail, signing_attempt")
        with working(database_url, directory, sink.port):
            until(lambda: number(database, BEATS), patience=PATIENCE)
            database.execute(GO_ON)
            until(lambda: not number(database, WAITING), patience=PATIENCE)
        tally = sink.tally()
    assert tally.mails == mails, tally
    return (mails - 1) / (tally.last - tally.first)


def number(database: psycopg.Connection, query: str) -> int:
    row = database.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def attempts_new(ring: KeyRing, count: int) -> list[NewAttempt]:
    """Make attempts of as many people under one petition, each as the form makes it."""
    river = Organisation.objects.create(
        slug=f"river-{uuid7().hex}",
        name="Friends of the River",
        postal_address="Water Lane 4\nBridgetown",
        sender_name="Friends of the River",
        sender_email="hello@river.example",
    )
    at = datetime.now(UTC)
    petition = Petition.objects.create(
        organisation=river, slug=river.slug, default_locale="en", state="open", published_at=at
    )
    version = TextVersion.objects.create(petition=petition, number=1, made_at=at)
    text = PetitionText.objects.create(
        version=version, locale="en", title="Let the river breathe", made_at=at
    )
    keys = SigningKeys.of_newest_epoch(ring)
    circumstances = Circumstances(text.pk, "en")
    attempts = []
    for person in range(count):
        attempt_id, address = uuid7(), f"person{person}@people.example"
        payload = AttemptPayload(address, "full", SignerDetails(name=f"Person {person}"))
        attempts.append(
            NewAttempt(
                id=attempt_id,
                petition_id=petition.pk,
                organisation_id=river.pk,
                sealed=attempt_seal(payload, attempt_id=attempt_id, sealer=keys.sealer),
                email_key=mailbox_keys(address, organisation_id=river.pk, keys=keys).live,
                index_epoch=keys.index_key.epoch,
                circumstances=circumstances,
                at=at,
            )
        )
    return attempts


async def attempts_queue(database_url: str, attempts: list[NewAttempt]) -> None:
    async with await AsyncConnection.connect(database_url, autocommit=True) as connection:
        for start in range(0, len(attempts), 200):
            await attempts_write(connection, attempts[start : start + 200])


@contextmanager
def working(database_url: str, directory: Path, port: int) -> Iterator[None]:
    """Run one worker that signs what it sends."""
    key_file = directory / "mails-dkim.pem"
    key_file.write_bytes(private_key())
    settings = {
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "undersign.config.settings",
        "UNDERSIGN_DATA_DIR": str(directory),
        "UNDERSIGN_KEYS_FILE": str(directory / "mails-keys.json"),
        "UNDERSIGN_MAIL_URL": f"smtp://127.0.0.1:{port}/?tls=off",
        "UNDERSIGN_MAIL_FROM": "petitions@sender.example",
        "UNDERSIGN_DKIM_DOMAIN": "sender.example",
        "UNDERSIGN_DKIM_KEY_FILE": str(key_file),
    }
    command = [*os.environ.get("BENCH_UNDER", "").split(), sys.executable, "-m", "undersign.config", "worker"]
    with (directory / "mails-worker.log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **settings}, stdout=log, stderr=log)
        try:
            yield
            assert process.poll() is None, (directory / "mails-worker.log").read_text()
        finally:
            process.terminate()
            process.wait(30)


def private_key() -> bytes:
    """Make an RSA key of 2,048 bits, what mailbox providers check today."""
    key = generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def main() -> None:
    directory = Path(os.environ["UNDERSIGN_TEST_DIR"])
    mails = int(sys.argv[1]) if sys.argv[1:] else MAILS
    try:
        with server_running(directory) as server_url:
            database = TestDatabase(server_url, "undersign_bench_mails")
            database.create()
            rate = mails_per_second(database_url=database.url, directory=directory, mails=mails)
            database.drop()
    finally:
        shutil.rmtree(layout_of(directory).home, ignore_errors=True)
        shutil.rmtree(directory, ignore_errors=True)
    print(f"{rate:.0f} mails a second")


if __name__ == "__main__":
    main()
