"""Bob's petition with signatures, the keys that open them, and a data directory for downloads."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from tests.petitions import open_petition
from undersign.campaigns.models import Petition, PetitionText
from undersign.foundation.ids import uuid7
from undersign.foundation.keys import KeyRing, ensure_keys_file, load_keys
from undersign.foundation.sealing import Sealer
from undersign.signing.models import Signature
from undersign.signing.payload import SignerDetails, address_seal, signature_seal
from undersign.supporters.models import Consent, ConsentAsk, ConsentWording, Organisation, Role, Supporter
from undersign.supporters.services import OrganisationProfile, membership_add, organisation_create

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class People:
    """An organisation with somebody in each role, and its petition, which people can be put under."""

    organisation: Organisation
    organiser: User
    editor: User
    moderator: User
    petition: Petition
    text: PetitionText
    asks: list[ConsentAsk]
    ring: KeyRing
    _number: int = field(default=0)

    def sign(
        self, name: str = "Alice Ames", email: str = "", *, state: str = "confirmed", **details: str
    ) -> Signature:
        """Put somebody under the petition, a minute after the one before."""
        self._number += 1
        at = NOON - timedelta(days=1) + timedelta(minutes=self._number)
        sealer, supporter_id, signature_id = Sealer(self.ring), uuid7(at), uuid7(at)
        given = SignerDetails(name=name, **details)
        address = email or f"signer{self._number}@people.example"
        supporter = Supporter.objects.create(
            id=supporter_id,
            organisation=self.organisation,
            email_sealed=address_seal(address, supporter_id=supporter_id, sealer=sealer),
            email_key=self._number.to_bytes(32, "big"),
            locale="en",
            created_at=at,
        )
        return Signature.objects.create(
            id=signature_id,
            petition=self.petition,
            supporter=supporter,
            attempt_id=uuid7(at),
            text=self.text,
            name_key=b"n" * 32,
            sealed=signature_seal(given, signature_id=signature_id, sealer=sealer),
            display="anonymous",
            locale="en",
            source="leaflet",
            state=state,
            withdrawn_by="" if state == "confirmed" else "signer",
            confirmed_at=at,
        )

    def answer(self, signature: Signature, ask: ConsentAsk, *, is_given: bool, action: str = "") -> None:
        """Record an answer to one ask, on the petition's form unless said otherwise."""
        wording, _ = ConsentWording.objects.get_or_create(
            ask=ask, locale="en", version=1, defaults={"text": "May we write?", "made_at": NOON}
        )
        Consent.objects.create(
            supporter=signature.supporter,
            wording=wording,
            is_given=is_given,
            at=NOON,
            action=action or f"petition:{self.petition.pk}",
        )


@pytest.fixture
def ring(tmp_path: Path, settings: Settings) -> KeyRing:
    """The keys of this test's own data directory."""
    settings.DATA_DIR = tmp_path / "data"
    settings.KEYS_FILE = settings.DATA_DIR / "keys.json"
    ensure_keys_file(settings.KEYS_FILE, alias_rules=1, at=NOON)
    return load_keys(settings.KEYS_FILE)


Begin = Callable[[str], People]


def begin(word: str, ring: KeyRing) -> People:
    organisation = organisation_create(
        profile=OrganisationProfile(
            name=word.title(),
            postal_address="1 Weir Lane",
            sender_name=word,
            sender_email=f"hello@{word}.example",
        ),
        by=None,
        at=NOON,
    )
    organiser, editor, moderator = (
        membership_add(
            organisation=organisation, email=f"{role}@{word}.example", role=role, by=None, at=NOON
        ).user
        for role in (Role.ORGANISER, Role.EDITOR, Role.MODERATOR)
    )
    text = open_petition(organisation, word, title=word, ask="Slow down.", at=NOON)
    asks = [
        ConsentAsk.objects.create(organisation=organisation, purpose=purpose, channel="email")
        for purpose in ("updates", "newsletter")
    ]
    return People(organisation, organiser, editor, moderator, text.version.petition, text, asks, ring)


@pytest.fixture
def bobs(db: None, ring: KeyRing) -> People:
    return begin("rivers", ring)


@pytest.fixture
def mallorys(db: None, ring: KeyRing) -> People:
    return begin("mills", ring)
