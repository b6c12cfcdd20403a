"""`undersign doctor` says in one line each what is well and what is not, and its exit status tells."""

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import BinaryField

from tests.delivery.conftest import NOON, People, bobs, ring  # noqa: F401 -- fixtures
from undersign.campaigns.models import Petition
from undersign.config.cli.doctor import command
from undersign.config.sealed_columns import SEALED_COLUMNS
from undersign.foundation.ids import uuid7_floor
from undersign.foundation.jetstream.address import stream_address
from undersign.foundation.keys import ensure_keys_file
from undersign.foundation.models import Heartbeat
from undersign.messaging.models import OutboxMail
from undersign.signing.models import Tally, TallyDelta
from undersign.signing.services.retention import retention_enforce
from undersign.supporters.models import IndexEpoch


@pytest.fixture(autouse=True)
def _database_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "of this test: the command starts no server of its own")


@pytest.fixture
def well(bobs: People) -> People:  # noqa: F811
    """An instance on which everything is well."""
    now = datetime.now(UTC)
    for loop in ("mail", "tallies"):
        Heartbeat.objects.create(loop=loop, at=now)
    bobs.sign()
    Tally.objects.create(petition=bobs.petition, count=1, updated_at=NOON)
    with connection.cursor() as cursor:
        for days in (0, 1):
            midnight = datetime.combine(now.date() + timedelta(days=days), time(), UTC)
            bounds = (uuid7_floor(midnight), uuid7_floor(midnight + timedelta(days=1)))
            cursor.execute(
                f'CREATE TABLE IF NOT EXISTS "signing_attempt_{midnight:%Y-%m-%d}"'
                f" PARTITION OF signing_attempt FOR VALUES FROM ('{bounds[0]}') TO ('{bounds[1]}')"
            )
    return bobs


def doctor(*options: str) -> Result:
    return CliRunner().invoke(command, options)


def findings() -> dict[str, tuple[str, str]]:
    done = doctor("--json")
    return {f["subject"]: (f["level"], f["text"]) for f in reversed(json.loads(done.stdout))}


def test_a_well_instance_passes(well: People) -> None:
    done = doctor()
    assert done.exit_code == 0, done.output
    assert not [line for line in done.output.splitlines() if line.startswith("fail")]
    assert "recounted: 1 signatures of 1 petitions" in done.output
    # Without a mail server there is something to look after.
    assert doctor("--strict").exit_code == 1


def test_a_missing_sealing_key_fails(well: People) -> None:
    settings.KEYS_FILE.unlink()
    ensure_keys_file(settings.KEYS_FILE, alias_rules=1, at=NOON)
    done = doctor()
    assert done.exit_code == 1
    missing = well.ring.current_sealing_id.hex()
    assert f"the key {missing} is not in the keys file" in done.output
    assert "1 in signing_signature" in done.output


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.unlink(), "There is no keys file"),
        (lambda path: path.chmod(0o644), "chmod 600"),
        (lambda path: path.write_text("{"), "is damaged"),
    ],
)
def test_a_keys_file_that_cannot_be_used_fails(well: People, spoil: object, said: str) -> None:
    spoil(settings.KEYS_FILE)  # type: ignore[operator]
    level, text = findings()["keys file"]
    assert (level, said in text) == ("fail", True)


def test_a_wrong_count_fails_and_unfolded_changes_are_counted(well: People) -> None:
    well.sign("Ted")
    assert findings()["counts"][0] == "fail"
    TallyDelta.objects.create(petition_id=well.petition.pk, delta=1)
    assert findings()["counts"][0] == "ok"


def test_a_silent_worker_fails(well: People) -> None:
    Heartbeat.objects.update(at=datetime.now(UTC) - timedelta(minutes=5))
    assert findings()["worker"][0] == "fail"
    Heartbeat.objects.all().delete()
    assert findings()["worker"][0] == "fail"


def test_mail_that_waits_is_seen(well: People) -> None:
    mail = OutboxMail.objects.create(
        kind="confirm",
        cause_id=UUID(int=1),
        organisation=well.organisation,
        email_key=b"k",
        not_before=datetime.now(UTC) - timedelta(minutes=10),
    )
    assert findings()["outbox"][0] == "warn"
    OutboxMail.objects.filter(pk=mail.pk).update(not_before=datetime.now(UTC) - timedelta(hours=1))
    assert findings()["outbox"][0] == "fail"


def test_an_epoch_without_its_key_fails(well: People) -> None:
    IndexEpoch.objects.create(number=2, alias_rules_version=1, state="filling", began_at=NOON)
    level, text = findings()["index epochs"]
    assert (level, "epoch 2" in text) == ("fail", True)


def test_pending_migrations_fail(well: People) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'delivery'")
    level, text = findings()["migrations"]
    assert (level, "delivery.0001" in text) == ("fail", True)


def test_a_sample_of_many_values_says_that_it_is_one(well: People, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(200):
        well.sign()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE signing_signature, supporters_supporter")
    monkeypatch.setattr("undersign.config.doctor.keys.LOOKED_AT", 100)
    assert "sampled" in findings()["sealing keys"][1]
    exact = doctor("--exact")
    assert "of all values" in exact.output


def test_without_a_database_the_rest_is_still_looked_at(tmp_path: Path, bobs: People) -> None:  # noqa: F811
    settings.DATA_DIR.rename(tmp_path / "elsewhere")
    assert findings()["disk"][0] == "fail"


def test_every_sealed_column_is_known() -> None:
    declared = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, BinaryField) and "sealed" in field.column
    }
    assert declared == {(column.table, column.column) for column in SEALED_COLUMNS}


def test_signers_kept_for_longer_than_promised_are_seen(well: People) -> None:
    assert findings()["retention"][0] == "ok"
    closed = {"state": "closed", "retention_days": 30, "ended_at": datetime.now(UTC) - timedelta(days=31)}
    Petition.objects.filter(pk=well.petition.pk).update(**closed)
    assert findings()["retention"][0] == "ok"
    Petition.objects.update(ended_at=datetime.now(UTC) - timedelta(days=33))
    assert findings()["retention"] == (
        "fail",
        "not enforced for two days: rivers. The worker's log says why.",
    )
    Petition.objects.update(read_only_at=NOON)
    assert findings()["retention"][0] == "warn"


def test_forgotten_signatures_need_no_key(well: People) -> None:
    Petition.objects.update(state="closed", ended_at=NOON)
    retention_enforce(at=NOON + timedelta(days=365), is_closing=lambda: False)
    assert findings()["sealing keys"][0] == "ok"
    assert findings()["counts"][0] == "ok"


def test_a_stream_that_does_not_answer_fails(well: People, monkeypatch: pytest.MonkeyPatch) -> None:
    assert findings()["intake"] == ("ok", "PostgreSQL itself")
    monkeypatch.setattr(settings, "INTAKE", stream_address("jetstream://127.0.0.1:9/undersign"))
    level, text = findings()["intake"]
    assert level == "fail"
    assert "does not answer" in text
