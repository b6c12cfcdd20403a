"""The demo is loaded by the same services as everything else, and only once."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.contrib.auth.models import User
from PIL import Image

from undersign.config.cli import demo
from undersign.foundation.keys.file import ensure_keys_file
from undersign.messaging.models import OutboxMail
from undersign.signing.models import Display, Signature, Tally
from undersign.supporters.models import Organisation
from undersign.web.demo.organisation import FOLDER, LOGIN
from undersign.web.exchange.errors import Report
from undersign.web.exchange.reading import document_read
from undersign.web.models import PetitionPage


@pytest.mark.parametrize(
    "path", sorted(FOLDER.glob("*/petition.*.md")), ids=lambda path: str(path.parent.name)
)
def test_its_files_are_without_fault(path: Path) -> None:
    report = Report(path.name)
    assert document_read(path, report=report)
    assert report.problems == []


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*/*.jpg")), ids=lambda path: path.name)
def test_its_pictures_are_large_enough_and_light(path: Path) -> None:
    with Image.open(path) as picture:
        assert max(picture.size) >= 1600
    assert path.stat().st_size <= 250_000
    assert path.with_suffix(".svg").exists()


def test_the_demo_is_whole_and_stays_as_it_is_when_loaded_again(
    transactional_db: None, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    ensure_keys_file(settings.KEYS_FILE, alias_rules=1, at=demo.datetime.now(demo.UTC))
    first = CliRunner().invoke(demo.command, catch_exceptions=False)
    assert first.exit_code == 0
    assert "with the password" in first.output
    assert [petition.slug for petition in (page.petition for page in PetitionPage.objects.live())]
    counts = {tally.petition.slug: tally.count for tally in Tally.objects.select_related("petition")}
    assert counts == {slug: crowd.number for slug, crowd in demo.CROWDS.items()}
    assert set(Signature.objects.values_list("display", flat=True)) == set(Display.values)
    assert not OutboxMail.objects.filter(kind="confirm").exists()
    password = User.objects.get(username=LOGIN).password

    second = CliRunner().invoke(demo.command, catch_exceptions=False)
    assert "0 signatures were added" in second.output
    assert Signature.objects.count() == sum(crowd.number for crowd in demo.CROWDS.values())
    assert Organisation.objects.count() == 1
    assert User.objects.get(username=LOGIN).password == password
