"""A petition that is open for signing, in the database and as a web process knows it."""

from datetime import datetime
from typing import Any

from undersign.campaigns.models import Petition, PetitionText, TextVersion
from undersign.signing.queries.petitions import SignablePetition
from undersign.supporters.models import Organisation


def open_petition(
    organisation: Organisation, slug: str, *, title: str, at: datetime, ask: str = "", **fields: Any
) -> PetitionText:
    """Put a petition with one text into the database, published at `at`."""
    petition = Petition.objects.create(
        organisation=organisation, slug=slug, default_locale="en", state="open", published_at=at, **fields
    )
    version = TextVersion.objects.create(petition=petition, number=1, made_at=at)
    return PetitionText.objects.create(version=version, locale="en", title=title, ask=ask, made_at=at)


def signable(**other: Any) -> SignablePetition:
    """Make an open petition that asks for name and address only, as a web process has it in memory."""
    return SignablePetition(**{
        "id": 1, "slug": "quiet-streets", "organisation_id": 1, "default_locale": "en", "state": "open",
        "closes_at": None, "ended_at": None, "is_paused": False, "names_per_mailbox": 1,
        "fields": dict.fromkeys(("country", "postcode", "phone", "reason"), "off"), "texts": {}, **other,
    })  # fmt: skip
