"""`undersign export-signatures`, and how much memory a large petition takes."""

import csv
import stat
import time
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner, Result
from django.conf import settings
from django.db import connection

from tests.delivery.conftest import NOON, People
from undersign.campaigns.models import Petition
from undersign.config.cli.export_signatures import command
from undersign.delivery.models import Format
from undersign.delivery.services.writing import TableOrder, signatures_write
from undersign.foundation.ids import uuid7
from undersign.foundation.keys import ensure_keys_file
from undersign.foundation.models import AuditEntry
from undersign.foundation.sealing import Sealer
from undersign.signing.payload import SignerDetails, address_seal, signature_seal
from undersign.signing.services.retention import retention_enforce


@pytest.fixture(autouse=True)
def _database_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "of this test: the command starts no server of its own")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_the_command_writes_a_file_for_us_alone_and_records_it(bobs: People, tmp_path: Path) -> None:
    bobs.sign("Alice Ames", "alice@people.example")
    bobs.sign("=cmd()")
    output = tmp_path / "names.csv"
    done = run("rivers", "--output", str(output))
    assert done.exit_code == 0, done.output
    assert "2 signatures" in done.stderr
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    with output.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ["Alice Ames", "'=cmd()"]
    entry = AuditEntry.objects.get(action="signatures.downloaded")
    assert (entry.organisation_id, entry.detail["rows"]) == (bobs.organisation.pk, 2)


def test_who_is_forgotten_is_in_no_file(bobs: People, tmp_path: Path) -> None:
    bobs.sign("Alice Ames")
    Petition.objects.update(state="closed", ended_at=NOON)
    retention_enforce(at=NOON + timedelta(days=365), is_closing=lambda: False)
    done = run("rivers", "--output", str(tmp_path / "names.csv"))
    assert done.exit_code == 0, done.output
    assert "0 signatures" in done.stderr


def test_the_command_never_writes_over_a_file(bobs: People, tmp_path: Path) -> None:
    output = tmp_path / "names.csv"
    output.write_text("precious")
    done = run("rivers", "--output", str(output))
    assert (done.exit_code, output.read_text()) == (1, "precious")
    assert "is there already" in done.stderr


def test_a_missing_key_is_a_sentence_and_leaves_no_file(bobs: People, tmp_path: Path) -> None:
    bobs.sign()
    settings.KEYS_FILE.unlink()
    ensure_keys_file(settings.KEYS_FILE, alias_rules=1, at=NOON)
    for format_ in Format.values:
        done = run("rivers", "--format", format_, "--output", str(tmp_path / "out" / "names"))
        assert done.exit_code == 1
    (tmp_path / "out").mkdir()
    for format_ in Format.values:
        done = run("rivers", "--format", format_, "--output", str(tmp_path / "out" / "names"))
        assert done.exit_code == 1
        assert "is not in the keys file" in done.stderr
        assert list((tmp_path / "out").iterdir()) == []


def test_an_unknown_petition_is_a_sentence(bobs: People, tmp_path: Path) -> None:
    done = run("nothing", "--output", str(tmp_path / "names.csv"))
    assert (done.exit_code, done.stderr) == (1, "Error: There is no petition “nothing”.\n")


def fill(people: People, count: int) -> None:
    """Put many people under a petition at once."""
    sealer = Sealer(people.ring)
    with connection.cursor() as cursor:
        supporters = [(uuid7(NOON - timedelta(hours=1)), n) for n in range(count)]
        with cursor.copy(
            "COPY supporters_supporter (id, organisation_id, email_sealed, email_key, locale, created_at)"
            " FROM STDIN"
        ) as copy:
            for id_, n in supporters:
                sealed = address_seal(f"signer{n}@people.example", supporter_id=id_, sealer=sealer)
                copy.write_row((id_, people.organisation.pk, sealed, n.to_bytes(32, "big"), "en", NOON))
        with cursor.copy(
            "COPY signing_signature (id, petition_id, supporter_id, slot, attempt_id, text_id, name_key,"
            " sealed, display, public_name, country, postcode_area, locale, source, state, withdrawn_by,"
            " confirmed_at) FROM STDIN"
        ) as copy:
            for supporter_id, n in supporters:
                id_ = uuid7(NOON - timedelta(hours=1))
                sealed = signature_seal(
                    SignerDetails(name=f"Signer {n}", reason="x" * 200), signature_id=id_, sealer=sealer
                )
                fixed = ("anonymous", "", "", "", "en", "", "confirmed", "", NOON)
                key = n.to_bytes(32, "big")
                copy.write_row(
                    (id_, people.petition.pk, supporter_id, 0, id_, people.text.pk, key, sealed, *fixed)
                )


def test_a_huge_petition_takes_no_more_memory_than_a_small_one(bobs: People, tmp_path: Path) -> None:
    fill(bobs, 50_000)
    process = psutil.Process()
    for format_ in Format.values:
        before, began = process.memory_info().rss, time.perf_counter()
        with (tmp_path / format_).open("wb") as sink:
            rows = signatures_write(
                order=TableOrder(bobs.petition, format_, NOON),
                sink=sink,
                sealer=Sealer(bobs.ring),
                scratch=tmp_path / "scratch",
                progress=lambda _rows: None,
            )
        took = time.perf_counter() - began
        grown = (process.memory_info().rss - before) / 2**20
        print(f"{format_}: {rows / took:,.0f} rows/s, {grown:.0f} MiB")  # noqa: T201 -- with `pytest -s`
        assert rows == 50_000
        assert grown < 30


def test_only_signatures_before_the_asking_are_in_it(bobs: People, tmp_path: Path) -> None:
    bobs.sign("Early")
    late = bobs.sign("Late")
    sink = BytesIO()
    signatures_write(
        order=TableOrder(bobs.petition, "csv", late.confirmed_at),
        sink=sink,
        sealer=Sealer(bobs.ring),
        scratch=tmp_path / "scratch",
        progress=lambda _rows: None,
    )
    assert b"Early" in (content := sink.getvalue())
    assert b"Late" not in content
