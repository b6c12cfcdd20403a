"""Bob's petition with honest signers and with those of an attack, and a moderator's browser."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.db.models.expressions import RawSQL
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.delivery.conftest import NOON, People, begin
from undersign.foundation.keys import KeyRing, ensure_keys_file, load_keys
from undersign.moderation.services.searching import Bureau
from undersign.signing.identity import SigningKeys, mail_domains
from undersign.signing.models import Signature

BACKEND = "django.contrib.auth.backends.ModelBackend"


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@dataclass
class Desk:
    """Bob's petition with its moderator; `sign` puts somebody under it."""

    people: People
    ring: KeyRing

    @property
    def browser(self) -> Client:
        return browser_of(self.people.moderator)

    @property
    def bureau(self) -> Bureau:
        return Bureau(self.ring, lambda: datetime.now(UTC))

    def sign(
        self,
        name: str = "Alice Ames",
        *,
        network: str = "198.51.100.0/24",
        domain: str = "gmail.com",
        **fields: object,
    ) -> Signature:
        signature = self.people.sign(name)
        organisation_id = self.people.organisation.pk
        keys = SigningKeys.of_newest_epoch(self.ring)
        (stored,) = mail_domains(domain, organisation_id=organisation_id, keys=keys)
        Signature.objects.filter(pk=signature.pk).update(
            network=RawSQL("%s::inet", [network]), mail_domain=stored, **fields
        )
        signature.refresh_from_db()
        return signature

    def attack(self, count: int = 5) -> list[Signature]:
        return [
            self.sign(f"Bot {number}", network="192.0.2.0/24", domain="throwaway.example", source="")
            for number in range(count)
        ]

    def address(self, name: str, *parts: object, **query: str) -> str:
        path = reverse(f"undersign_review:{name}", args=[self.people.petition.pk, *parts])
        return f"{path}?{urlencode(query)}" if query else path

    def count(self) -> int:
        return Signature.objects.filter(petition=self.people.petition, state="confirmed").count()


@pytest.fixture
def ring(tmp_path: Path, settings: Settings) -> KeyRing:
    """The keys of this test's own data directory."""
    settings.DATA_DIR = tmp_path / "data"
    settings.KEYS_FILE = settings.DATA_DIR / "keys.json"
    ensure_keys_file(settings.KEYS_FILE, alias_rules=1, at=NOON)
    return load_keys(settings.KEYS_FILE)


@pytest.fixture
def desk(db: None, ring: KeyRing) -> Desk:
    return Desk(begin("rivers", ring), ring)


@pytest.fixture
def mallory(desk: Desk, ring: KeyRing) -> Client:
    return browser_of(begin("mills", ring).organiser)
