"""Bob keeps his campaign in files; pages and files say the same."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from undersign.campaigns.models import Petition
from undersign.supporters.models import ConsentAsk, Organisation
from undersign.supporters.services import OrganisationProfile, organisation_create
from undersign.web.exchange.errors import PetitionFileInvalid
from undersign.web.exchange.exporting import petition_export
from undersign.web.exchange.importing import STEPS, Imported, petitions_import
from undersign.web.models import CampaignImage, PetitionPage

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)

ENGLISH = """\
---
slug: no-face-scanners
locale: en
organisation: bobs
title: Turn the scanners off
ask: The station must stop reading faces.
goal: A station nobody is recognised in.
photo:
  file: hall.jpg
  alt: An empty hall
  credit: Bob
  focal: [60, 25]
credits:
  film.png: Alice
targets:
  - name: The manager
    role: runs the station
    record: No answer so far.
letter:
  salutation: Dear manager,
  body: |
    We are **people**, not [tickets](https://example.org/tickets).
sources:
  - title: The contract
    publisher: The Register
    date: 2026-02-03
    url: https://example.org/contract
sign-off:
  name: Bob
  role: campaigner
  words: |-
    Thank you.
    Every name counts.
thank-you: |
  Tell a friend.
form:
  postcode: required
consents:
  - purpose: updates
    channel: email
closes-at: 2027-01-01 00:00:00+00:00
retention-days: 90
---

## Why

We walk here.\\
Every day.

- One
  1. Two

> Nobody asked us.
>
> — A commuter

![](hall.jpg "The hall")

[![The film](film.png)](https://video.example.org/1)
"""
GERMAN = """\
---
slug: no-face-scanners
locale: de
translation-of: en
organisation: bobs
title: Schaltet die Scanner ab
ask: Der Bahnhof darf keine Gesichter lesen.
photo:
  file: hall.jpg
  alt: Eine leere Halle
targets:
  - name: Die Leitung
letter:
  body: |
    Wir sind Menschen.
---
"""


def found(name: str) -> Organisation:
    profile = OrganisationProfile(
        name=name, postal_address="1 Quiet Street", sender_name=name, sender_email="post@campaign.example"
    )
    return organisation_create(profile=profile, by=None, at=NOW)


@pytest.fixture(autouse=True)
def bobs() -> Organisation:
    organisation = found("Bobs")
    ConsentAsk.objects.create(organisation=organisation, purpose="updates", channel="email")
    return organisation


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "campaign"
    folder.mkdir()
    (folder / "petition.en.md").write_text(ENGLISH)
    (folder / "petition.de.md").write_text(GERMAN)
    Image.new("RGB", (1000, 600), "red").save(folder / "hall.jpg")
    Image.new("RGB", (400, 300), "blue").save(folder / "film.png")
    return folder


def take_in(folder: Path, *names: str, is_published: bool = False, organisation: str = "") -> list[Imported]:
    paths = [folder / name for name in names or ("petition.en.md", "petition.de.md")]
    steps: list[int] = []
    imported = petitions_import(
        paths=paths, organisation=organisation, is_published=is_published, at=NOW, progress=steps.append
    )
    assert steps == list(range(1, len(paths) * STEPS + 1))
    return imported


def refusal(folder: Path, *names: str) -> str:
    with pytest.raises(PetitionFileInvalid) as refused:
        take_in(folder, *names)
    assert not PetitionPage.objects.exists()
    assert not CampaignImage.objects.exists()
    return "\n".join(str(problem).replace(f"{folder}/", "") for problem in refused.value.problems)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_an_import_is_a_draft_that_nobody_can_sign_yet(folder: Path) -> None:
    english, german = take_in(folder)
    assert not english.page.live
    assert english.page.petition == german.page.petition
    assert english.page.translation_key == german.page.translation_key
    petition = Petition.objects.get()
    assert (petition.state, petition.postcode) == (Petition.State.DRAFT, "required")


def test_a_published_import_opens_the_petition_with_its_text(folder: Path) -> None:
    take_in(folder, is_published=True)
    petition = Petition.objects.get(slug="no-face-scanners")
    assert petition.state == Petition.State.OPEN
    assert {text.title for version in petition.versions.all() for text in version.texts.all()} == {
        "Turn the scanners off",
        "Schaltet die Scanner ab",
    }
    page = PetitionPage.objects.get(language="en")
    assert page.live
    assert page.photo.credit == "Bob"
    assert [block.block_type for block in page.story] == [
        "heading",
        "paragraph",
        "quote",
        "image",
        "video",
    ]


def test_what_was_imported_is_exported_to_the_letter(folder: Path, tmp_path: Path) -> None:
    take_in(folder)
    petition_export(slug="no-face-scanners", folder=tmp_path / "out")
    assert (tmp_path / "out" / "petition.en.md").read_text() == ENGLISH
    assert (tmp_path / "out" / "petition.de.md").read_text() == GERMAN


def test_export_import_export_comes_to_rest(folder: Path, tmp_path: Path) -> None:
    take_in(folder)
    petition_export(slug="no-face-scanners", folder=tmp_path / "first")
    images = CampaignImage.objects.count()
    again = take_in(tmp_path / "first")
    assert [each.is_changed for each in again] == [False, False]
    petition_export(slug="no-face-scanners", folder=tmp_path / "second")
    assert contents(tmp_path / "first") == contents(tmp_path / "second")
    assert CampaignImage.objects.count() == images


def test_a_changed_file_updates_the_draft_and_leaves_the_public_page(folder: Path) -> None:
    take_in(folder, is_published=True)
    (folder / "petition.en.md").write_text(
        ENGLISH.replace("Turn the scanners off", "Switch the scanners off")
    )
    changed, same = take_in(folder)
    assert (changed.is_changed, same.is_changed) == (True, False)
    page = PetitionPage.objects.get(language="en")
    assert page.title == "Turn the scanners off"
    assert page.get_latest_revision_as_object().title == "Switch the scanners off"


def test_a_petition_that_was_won_is_told_so(folder: Path) -> None:
    (folder / "petition.en.md").write_text(
        ENGLISH.replace("thank-you:", "outcome: They gave in.\nstate: won\nthank-you:", 1)
    )
    take_in(folder, is_published=True)
    assert Petition.objects.get().state == Petition.State.WON
    take_in(folder, is_published=True)


def test_another_organisation_can_be_named(folder: Path) -> None:
    (folder / "petition.en.md").write_text(ENGLISH.replace("organisation: bobs", "organisation: elsewhere"))
    (imported,) = take_in(folder, "petition.en.md", organisation="bobs")
    assert imported.page.petition.organisation.slug == "bobs"


def test_missing_and_false_pictures_are_told_together(folder: Path) -> None:
    (folder / "hall.jpg").write_bytes(b"<svg onload=alert(1)>")
    (folder / "film.png").unlink()
    said = refusal(folder, "petition.en.md")
    assert "hall.jpg: This file is not a picture that can be used" in said
    assert "film.png: there is no such file beside the petition file" in said


def test_a_picture_may_not_lead_out_of_the_folder(folder: Path, tmp_path: Path) -> None:
    shutil.move(folder / "hall.jpg", tmp_path / "hall.jpg")
    (folder / "hall.jpg").symlink_to(tmp_path / "hall.jpg")
    assert "hall.jpg: there is no such file beside" in refusal(folder)


def test_an_unknown_organisation_and_consent_are_told_with_what_there_is(folder: Path) -> None:
    (folder / "petition.en.md").write_text(ENGLISH.replace("organisation: bobs", "organisation: mallorys"))
    assert "there is no organisation “mallorys” here; expected one of: bobs" in refusal(
        folder, "petition.en.md"
    )
    (folder / "petition.en.md").write_text(ENGLISH.replace("purpose: updates", "purpose: selling"))
    assert "does not ask for selling (email); expected one of: updates (email)" in refusal(
        folder, "petition.en.md"
    )


def test_a_slug_and_language_may_be_given_once(folder: Path) -> None:
    shutil.copy(folder / "petition.en.md", folder / "copy.md")
    assert "copy.md: slug: " in refusal(folder, "petition.en.md", "copy.md")


def test_mallory_cannot_take_over_bobs_address(folder: Path) -> None:
    take_in(folder)
    found("Mallorys")
    with pytest.raises(PetitionFileInvalid, match="another organisation has this address"):
        take_in(folder, "petition.en.md", organisation="mallorys")


def test_a_translation_needs_something_to_translate(folder: Path) -> None:
    assert "translation-of: there is no petition with this slug" in refusal(folder, "petition.de.md")


def test_a_language_the_site_lacks_is_told(folder: Path) -> None:
    (folder / "petition.en.md").write_text(ENGLISH.replace("locale: en", "locale: fr"))
    assert "locale: this site has no such language; expected one of en, de, ar" in refusal(
        folder, "petition.en.md"
    )


def test_one_bad_file_keeps_the_good_one_out_too(folder: Path) -> None:
    (folder / "petition.de.md").write_text(GERMAN.replace("title:", "titel:"))
    said = refusal(folder)
    assert "petition.de.md:6: titel: unknown key" in said
