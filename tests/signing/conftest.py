"""A petition of Bob's organisation, and the keys and connections that signing works with."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from tests.petitions import open_petition, signable
from undersign.campaigns.models import Petition, PetitionText
from undersign.foundation.keys.ring import make_ring
from undersign.foundation.sealing import Sealer
from undersign.signing.identity import SigningKeys
from undersign.signing.payload import AttemptPayload, Circumstances, SignerDetails
from undersign.signing.queries.petitions import SignablePetition, SignableText
from undersign.supporters.models import ConsentAsk, ConsentWording, Organisation

NOW = datetime.now(UTC)


@pytest.fixture(scope="session")
def keys() -> SigningKeys:
    ring = make_ring(alias_rules=1, at=NOW)
    return SigningKeys(sealer=Sealer(ring), index_key=ring.index_keys[-1])


@dataclass
class Campaign:
    """What signing needs to know of one published petition."""

    petition: Petition
    text: PetitionText
    wording: ConsentWording

    @property
    def signable(self) -> SignablePetition:
        text = SignableText(id=self.text.id, locale="en", version=1, superseded_at=None)
        return signable(
            id=self.petition.id,
            slug=self.petition.slug,
            organisation_id=self.petition.organisation_id,
            state=self.petition.state,
            closes_at=self.petition.closes_at,
            names_per_mailbox=self.petition.names_per_mailbox,
            texts={text.id: text},
        )

    def circumstances(self) -> Circumstances:
        return Circumstances(text_id=self.text.id, locale="en", network="192.0.2.0/24", source="leaflet")


def make_campaign(slug: str = "quiet-streets", **fields: Any) -> Campaign:
    organisation, _ = Organisation.objects.get_or_create(
        slug="bobs",
        defaults={
            "name": "Bob’s neighbours",
            "postal_address": "1 Quiet Street",
            "sender_name": "Bob",
            "sender_email": "bob@campaign.example",
        },
    )
    yesterday = NOW - timedelta(days=1)
    text = open_petition(organisation, slug, title="Quiet streets", ask="Slow down.", at=yesterday, **fields)
    ask, _ = ConsentAsk.objects.get_or_create(organisation=organisation, purpose="updates", channel="email")
    wording, _ = ConsentWording.objects.get_or_create(
        ask=ask, locale="en", version=1, defaults={"text": "Write to me about this.", "made_at": NOW}
    )
    return Campaign(text.version.petition, text, wording)


@pytest.fixture
def campaign(transactional_db: None) -> Campaign:
    return make_campaign()


@pytest.fixture
async def pool(
    transactional_db: None, database_url: str
) -> AsyncIterator[AsyncConnectionPool[AsyncConnection[Any]]]:
    # The thread that runs Django for asynchronous tests has a connection of its own: before, to the database
    # of another test; afterwards, to this one.
    await sync_to_async(connections.close_all)()
    async with AsyncConnectionPool(database_url, min_size=1, max_size=6, open=False) as pool:
        yield pool
    await sync_to_async(connections.close_all)()


def alice(email: str = "alice@people.example", name: str = "Alice Ames", **fields: Any) -> AttemptPayload:
    """Give what Alice types, but for what a test says otherwise."""
    return AttemptPayload(email=email, display="full", details=SignerDetails(name=name), **fields)
