from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.contrib.auth.models import User

from undersign.campaigns.models import Petition, PetitionText
from undersign.campaigns.services import petition_create
from undersign.foundation.ids import uuid7
from undersign.signing.models import Attempt, Signature
from undersign.supporters.models import Membership, Organisation, Role, Supporter

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def rivers(db: None) -> Organisation:
    return Organisation.objects.create(
        slug="rivers",
        name="Free Rivers",
        postal_address="1 Weir Lane, Ouse",
        sender_name="Free Rivers",
        sender_email="hello@rivers.example",
    )


@pytest.fixture
def bob(rivers: Organisation) -> User:
    """Bob campaigns: an organiser of Free Rivers."""
    bob = User.objects.create_user("bob@rivers.example")
    Membership.objects.create(organisation=rivers, user=bob, role=Role.ORGANISER)
    return bob


@pytest.fixture
def mallory(db: None) -> User:
    """Mallory forges: an organiser, but of somebody else's organisation."""
    mills = Organisation.objects.create(
        slug="mills", name="Mills", postal_address="x", sender_name="M", sender_email="m@mills.example"
    )
    mallory = User.objects.create_user("mallory@mills.example")
    Membership.objects.create(organisation=mills, user=mallory, role=Role.ORGANISER)
    return mallory


@pytest.fixture
def weir(rivers: Organisation, bob: User) -> Petition:
    """A petition that is not yet published."""
    return petition_create(organisation=rivers, slug="open-the-weir", locale="en", by=bob, at=NOON)


Act = Callable[[PetitionText, datetime], UUID]


@pytest.fixture
def alice_begins_to_sign() -> Act:
    """Alice submits the form; nothing is confirmed yet."""

    def begin(text: PetitionText, at: datetime) -> UUID:
        attempt = Attempt.objects.create(
            id=uuid7(at),
            petition_id=text.version.petition_id,
            text_id=text.pk,
            sealed=b"",
            email_key=bytes(32),
            index_epoch=1,
            locale=text.locale,
        )
        return attempt.pk

    return begin


@pytest.fixture
def alice_signs() -> Act:
    """Alice has confirmed, so long ago that her attempt is purged."""

    def sign(text: PetitionText, at: datetime) -> UUID:
        petition = text.version.petition
        supporter = Supporter.objects.create(
            organisation=petition.organisation,
            email_sealed=b"",
            email_key=bytes(32),
            locale="en",
            created_at=at,
        )
        signature = Signature.objects.create(
            id=uuid7(at),
            petition=petition,
            supporter=supporter,
            attempt_id=uuid7(at),
            text=text,
            name_key=b"",
            sealed=b"",
            display="anonymous",
            locale="en",
            confirmed_at=at,
        )
        return signature.pk

    return sign
