"""The cast of the mail tests: an organisation, a petition, attempts in the outbox, and an SMTP server."""

from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Model
from psycopg import AsyncConnection, sql
from psycopg.rows import dict_row

from tests.messaging.servers import Server, serving
from tests.petitions import open_petition
from undersign.foundation.ids import uuid7
from undersign.foundation.keys import KeyRing, ensure_keys_file, load_keys
from undersign.foundation.sealing import Sealer
from undersign.foundation.tokens import TokenSigner
from undersign.messaging.models import OutboxMail
from undersign.messaging.outgoing import House
from undersign.messaging.senders.transport import Transport
from undersign.messaging.services.post_office import PostOffice
from undersign.messaging.services.suppression import MailboxOf
from undersign.signing.letters import ConfirmationComposer
from undersign.signing.models import Attempt
from undersign.signing.payload import AttemptPayload, SignerDetails, attempt_seal
from undersign.supporters.models import Organisation

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def ring_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    ensure_keys_file(path, alias_rules=1, at=NOW)
    return path


@pytest.fixture(scope="session")
def ring(ring_file: Path) -> KeyRing:
    return load_keys(ring_file)


@dataclass
class Clock:
    """The time of a test; it stands still until moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass
class Post:
    """An outbox with a petition whose attempts can be mailed."""

    url: str
    ring: KeyRing
    clock: Clock
    organisation_id: int
    petition_id: int
    text_id: int
    paused: set[int] = field(default_factory=set)
    is_closing: bool = False

    def sign(
        self, email: str, *, locale: str = "en", status: str = "queued", network: str | None = None
    ) -> UUID:
        """Put an attempt and its mail where the form would, and give the mail's id."""
        attempt_id, mail_id = uuid7(self.clock.now), uuid7(self.clock.now)
        payload = AttemptPayload(email, "full", SignerDetails(name="Alice Example"))
        attempt = Attempt(
            id=attempt_id,
            petition_id=self.petition_id,
            text_id=self.text_id,
            sealed=attempt_seal(payload, attempt_id=attempt_id, sealer=Sealer(self.ring)),
            email_key=self.key(email),
            index_epoch=1,
            locale=locale,
        )
        mail = OutboxMail(
            id=mail_id,
            kind="confirm",
            cause_id=attempt_id,
            organisation_id=self.organisation_id,
            petition_id=self.petition_id,
            email_key=self.key(email),
            network=network,
            status=status,
            not_before=self.clock.now,
            provider="",
        )
        for row in (attempt, mail):
            self._insert(row)
        return mail_id

    def suppress(self, email: str, reason: str) -> None:
        self.execute(
            "INSERT INTO supporters_suppression (organisation_id, email_key, epoch_id, reason, at)"
            " VALUES (%s, %s, 1, %s, %s)",
            self.organisation_id,
            self.key(email),
            reason,
            self.clock.now,
        )

    def key(self, email: str) -> bytes:
        return MailboxOf(self.organisation_id, email).key(self.ring.index_key(1))

    def row(self, mail_id: UUID) -> dict[str, Any]:
        [row] = self.rows("SELECT * FROM messaging_outboxmail WHERE id = %s", mail_id)
        return row

    def rows(self, statement: LiteralString, *values: object) -> list[dict[str, Any]]:
        with psycopg.connect(self.url, autocommit=True, row_factory=dict_row) as connection:
            return connection.execute(statement, values).fetchall()

    def execute(self, statement: LiteralString, *values: object) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement, values)

    def _insert(self, row: Model) -> None:
        """Write a row on a connection of our own: Django's may not be used while an event loop runs."""
        columns = [field for field in row._meta.concrete_fields if getattr(row, field.attname) is not None]
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(row._meta.db_table),
            sql.SQL(", ").join(sql.Identifier(field.column) for field in columns),
            sql.SQL(", ").join(sql.Placeholder() for _ in columns),
        )
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement, [getattr(row, field.attname) for field in columns])


@pytest.fixture
def post(transactional_db: None, database_url: str, ring: KeyRing, clock: Clock) -> Post:
    river = Organisation.objects.create(
        slug="riverside",
        name="Friends of the River",
        postal_address="Water Lane 4\nBridgetown",
        sender_name="Friends of the River",
        sender_email="hello@river.example",
    )
    text = open_petition(river, "clean-river", title="Let the river breathe & live", at=NOW)
    return Post(database_url, ring, clock, river.id, text.version.petition_id, text.id)


@pytest.fixture
async def connection(post: Post) -> AsyncIterator[AsyncConnection]:
    async with await AsyncConnection.connect(post.url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def office_at(post: Post) -> Iterator[Callable[..., PostOffice]]:
    """Make a post office that sends through the SMTP server on a port, and waits so many seconds for it."""
    with ThreadPoolExecutor(max_workers=1) as executor:

        async def paused(_connection: AsyncConnection) -> set[int]:
            return post.paused

        def make(port: int, *, timeout: float = 30) -> PostOffice:
            def backend() -> BaseEmailBackend:
                return get_connection(
                    "undersign.messaging.senders.smtp.EmailBackend",
                    host="127.0.0.1",
                    port=port,
                    use_tls=False,
                    timeout=timeout,
                )

            return PostOffice(
                composers={
                    "confirm": ConfirmationComposer(
                        sealer=Sealer(post.ring),
                        tokens=TokenSigner(post.ring),
                        base_url="https://petitions.example",
                        first_locale="en",
                    )
                },
                paused_petitions=paused,
                transport=Transport(backend),
                executor=executor,
                house=House("petitions@sender.example"),
                index_keys=post.ring.index_keys,
                clock=post.clock,
                is_closing=lambda: post.is_closing,
            )

        yield make


@pytest.fixture
def office(office_at: Callable[..., PostOffice], server: Server) -> Iterator[PostOffice]:
    office = office_at(server.port)
    yield office
    office.transport.close()
