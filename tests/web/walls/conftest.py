"""Two organisations that share an instance: Bob campaigns in one, Mallory in the other."""

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.core.files.images import ImageFile
from django.db import connection
from django.test import Client
from PIL import Image as Picture

from undersign.supporters.models import Organisation, Role
from undersign.supporters.services import OrganisationProfile, membership_add, organisation_create
from undersign.web.models import CampaignImage, OrganisationPage, PetitionPage

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Campaign:
    """An organisation with somebody in each role, a page, a draft below it, and a picture."""

    organisation: Organisation
    organiser: User
    editor: User
    moderator: User
    home: OrganisationPage
    petition: PetitionPage
    image: CampaignImage

    def member(self, role: str) -> User:
        return {
            Role.ORGANISER: self.organiser,
            Role.EDITOR: self.editor,
            Role.MODERATOR: self.moderator,
        }[Role(role)]


def campaign_begin(word: str) -> Campaign:
    """Found an organisation in whose every name `word` stands."""
    organisation = organisation_create(
        profile=OrganisationProfile(
            name=f"{word.title()} League",
            postal_address=f"1 {word.title()} Road",
            sender_name=f"{word.title()} League",
            sender_email=f"hello@{word}.example",
        ),
        by=None,
        at=NOON,
    )
    organiser, editor, moderator = (
        membership_add(
            organisation=organisation, email=f"{name}@{word}.example", role=role, by=None, at=NOON
        ).user
        for name, role in [("bob", "organiser"), ("eve", "editor"), ("mo", "moderator")]
    )
    home = OrganisationPage.objects.get(organisation=organisation)
    petition = home.add_child(
        instance=PetitionPage(
            title=f"{word.title()} petition",
            slug=f"{word}-petition",
            ask=f"Save the {word}",
            owner=organiser,
            live=False,
        )
    )
    petition.save_revision(user=organiser, log_action=True)
    image = CampaignImage.objects.create(
        title=f"{word.title()} picture",
        file=ImageFile(BytesIO(png()), name=f"{word}.png"),
        collection=organisation.wall.collection,
        uploaded_by_user=organiser,
    )
    return Campaign(organisation, organiser, editor, moderator, home, petition, image)


def png() -> bytes:
    buffer = BytesIO()
    Picture.new("RGB", (32, 24), "teal").save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def ids_apart(db: None) -> None:
    """Start each table's ids in a range of its own, so that no id of one thing is an id of another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname, sequencename FROM pg_sequences ORDER BY sequencename")
        for number, names in enumerate(cursor.fetchall(), start=1):
            cursor.execute("SELECT setval(%s, %s)", [".".join(names), number * 1000])


@pytest.fixture
def bobs(ids_apart: None) -> Campaign:
    return campaign_begin("kestrelwood")


@pytest.fixture
def mallorys(ids_apart: None) -> Campaign:
    return campaign_begin("brackenfold")


@pytest.fixture
def trudy(db: None) -> User:
    """The operator of the instance."""
    return User.objects.create_superuser("trudy@instance.example", "trudy@instance.example", "pw")


def logged_in(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
