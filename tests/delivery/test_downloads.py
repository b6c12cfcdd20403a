"""An organiser asks for the signatures of a petition, waits for the worker, and takes the file."""

import csv
import io
import stat
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth.models import User
from django.test import AsyncClient, Client
from django.urls import reverse
from openpyxl import load_workbook
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.delivery.conftest import People
from undersign.delivery.files import downloads_dir, export_path
from undersign.delivery.models import SignatureExport
from undersign.delivery.services.expiry import exports_tidy
from undersign.delivery.services.making import Workshop, export_make
from undersign.delivery.tasks import export_make as export_task
from undersign.foundation.keys import load_keys
from undersign.foundation.keys.ring import make_ring
from undersign.foundation.models import AuditEntry

BACKEND = "django.contrib.auth.backends.ModelBackend"
FORMULAS = ("=1+1", "+49 30 1234", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1")


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def ask(people: People, format_: str = "csv") -> SignatureExport:
    address = reverse("undersign_downloads:request", args=[people.petition.pk])
    answer = browser_of(people.organiser).post(address, {"format": format_})
    assert answer.status_code == 302
    return SignatureExport.objects.latest("at")


def made(people: People, format_: str = "csv") -> SignatureExport:
    export = ask(people, format_)
    export_task(str(export.pk))
    export.refresh_from_db()
    return export


def fetch(user: User, export: SignatureExport, *, petition_id: int | None = None) -> tuple[int, bytes]:
    address = reverse("undersign_downloads:file", args=[petition_id or export.petition_id, export.pk])

    async def get() -> tuple[int, bytes]:
        client = AsyncClient()
        await client.aforce_login(user, backend=BACKEND)
        answer = await client.get(address)
        if not answer.streaming:
            return answer.status_code, answer.content
        return answer.status_code, b"".join([piece async for piece in answer.streaming_content])

    result: tuple[int, bytes] = async_to_sync(get)()
    return result


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_an_organiser_downloads_who_signed(bobs: People) -> None:
    alice = bobs.sign("Älice Ames", "alice@people.example", phone="030 1234", postcode="AB1 2CD")
    bobs.answer(alice, bobs.asks[0], is_given=True)
    bobs.answer(alice, bobs.asks[1], is_given=False)
    bobs.sign("Ted Withdrawn", state="withdrawn")
    export = made(bobs)
    assert (export.status, export.rows, export.error) == ("ready", 1, "")
    status, content = fetch(bobs.organiser, export)
    assert status == 200
    assert content.startswith(b"\xef\xbb\xbf")
    [row] = table(content)
    assert row["name"] == "Älice Ames"
    assert row["email"] == "alice@people.example"
    assert (row["phone"], row["postcode"], row["display"]) == ("030 1234", "AB1 2CD", "anonymous")
    assert (row["consent_updates_email"], row["consent_newsletter_email"]) == ("yes", "no")
    assert list(row) == export.columns


def test_who_unsubscribed_is_no_yes_and_a_later_no_on_a_form_changes_nothing(bobs: People) -> None:
    alice, ted = bobs.sign("Alice"), bobs.sign("Ted")
    for signer in (alice, ted):
        bobs.answer(signer, bobs.asks[0], is_given=True)
    bobs.answer(alice, bobs.asks[0], is_given=False, action="unsubscribe")
    bobs.answer(ted, bobs.asks[0], is_given=False)
    rows = table(fetch(bobs.organiser, made(bobs))[1])
    assert [row["consent_updates_email"] for row in rows] == ["no", "yes"]
    assert [row["consent_newsletter_email"] for row in rows] == ["", ""]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_a_csv_begins_a_formula(bobs: People, formula: str) -> None:
    bobs.sign(formula, reason=formula, phone=formula)
    [row] = table(fetch(bobs.organiser, made(bobs))[1])
    assert [row["name"], row["reason"], row["phone"]] == [f"'{formula}"] * 3


def test_every_cell_of_an_excel_file_is_text(bobs: People) -> None:
    for formula in FORMULAS:
        bobs.sign(formula, phone="00491234567890123456")
    status, content = fetch(bobs.organiser, made(bobs, "xlsx"))
    assert status == 200
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    headings, *rows = sheet.iter_rows()
    assert [cell.value for cell in headings][:3] == ["signed_at", "name", "email"]
    assert len(rows) == len(FORMULAS)
    cells = [cell for row in rows for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {row[5].value for row in rows} == {"00491234567890123456"}
    assert all(row[1].quotePrefix for row in rows)


def test_the_file_lies_sealed_and_closed_to_others(bobs: People) -> None:
    bobs.sign("Alice Ames", "alice@people.example")
    export = made(bobs, "xlsx")
    path = export_path(settings.DATA_DIR, export.pk)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert b"lice" not in path.read_bytes()
    assert b"PK\x03\x04" not in path.read_bytes()
    assert list(path.parent.iterdir()) == [path]


def test_asking_and_taking_are_recorded(bobs: People) -> None:
    bobs.sign()
    fetch(bobs.organiser, made(bobs))
    entries = AuditEntry.objects.filter(action__startswith="signatures.").order_by("pk")
    assert [entry.action for entry in entries] == ["signatures.requested", "signatures.downloaded"]
    assert {entry.actor for entry in entries} == {bobs.organiser}
    assert {entry.organisation_id for entry in entries} == {bobs.organisation.pk}
    assert "alice" not in str([entry.detail for entry in entries]).lower()


def test_editors_and_moderators_may_not(bobs: People) -> None:
    bobs.sign()
    export = made(bobs)
    for person in (bobs.editor, bobs.moderator):
        browser = browser_of(person)
        for name in ("list", "request"):
            address = reverse(f"undersign_downloads:{name}", args=[bobs.petition.pk])
            answer = browser.get(address) if name == "list" else browser.post(address, {"format": "csv"})
            assert answer.status_code == 403
        assert fetch(person, export)[0] == 403
    assert SignatureExport.objects.count() == 1


def test_mallory_of_another_organisation_finds_nothing(bobs: People, mallorys: People) -> None:
    bobs.sign("Alice Ames")
    export = made(bobs)
    browser = browser_of(mallorys.organiser)
    listed = browser.get(reverse("undersign_downloads:list", args=[bobs.petition.pk]))
    asked = browser.post(reverse("undersign_downloads:request", args=[bobs.petition.pk]), {"format": "csv"})
    assert (listed.status_code, asked.status_code) == (404, 404)
    assert fetch(mallorys.organiser, export)[0] == 404
    # Nor through a petition of her own.
    status, content = fetch(mallorys.organiser, export, petition_id=mallorys.petition.pk)
    assert status == 404
    assert b"Alice" not in content


def test_a_member_who_lost_the_role_cannot_take_what_they_asked_for(bobs: People) -> None:
    bobs.sign()
    export = made(bobs)
    bobs.organiser.memberships.all().delete()
    assert fetch(bobs.organiser, export)[0] in (403, 404)


def test_strangers_are_sent_to_log_in(bobs: People) -> None:
    answer = Client().get(reverse("undersign_downloads:list", args=[bobs.petition.pk]))
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_an_expired_link_says_so_and_the_file_is_deleted(bobs: People) -> None:
    bobs.sign()
    export = made(bobs)
    export.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    export.save()
    status, content = fetch(bobs.organiser, export)
    assert (status, b"has expired" in content) == (410, True)
    assert exports_tidy(data_dir=settings.DATA_DIR, at=datetime.now(UTC)) == 1
    assert list(downloads_dir(settings.DATA_DIR).iterdir()) == []
    export.refresh_from_db()
    assert export.status == "expired"
    assert fetch(bobs.organiser, export)[0] == 410


def test_a_missing_key_is_told_and_leaves_nothing(bobs: People) -> None:
    bobs.sign()
    workshop = workshop_with_other_keys()
    export = ask(bobs)
    export_make(export_id=export.pk, workshop=workshop)
    export.refresh_from_db()
    key_id = load_keys(settings.KEYS_FILE).current_sealing_id.hex()
    assert (export.status, key_id in export.error) == ("failed", True)
    assert list(downloads_dir(settings.DATA_DIR).iterdir()) == []
    page = browser_of(bobs.organiser).get(reverse("undersign_downloads:list", args=[bobs.petition.pk]))
    assert key_id in page.text


def workshop_with_other_keys() -> Workshop:
    now = datetime.now(UTC)
    return Workshop(data_dir=settings.DATA_DIR, ring=make_ring(alias_rules=1, at=now), clock=lambda: now)


def test_a_download_that_is_being_made_is_not_begun_twice(bobs: People) -> None:
    first, second = ask(bobs), ask(bobs)
    assert first == second
    assert ProcrastinateJob.objects.filter(task_name="export_make").count() == 1
    page = browser_of(bobs.organiser).get(reverse("undersign_downloads:list", args=[bobs.petition.pk]))
    assert 'http-equiv="refresh"' in page.text
    assert fetch(bobs.organiser, first)[0] == 410


def test_what_a_stopped_worker_began_is_told_and_swept(bobs: People) -> None:
    export = ask(bobs)
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    SignatureExport.objects.update(status="working", progressed_at=long_ago)
    scratch = downloads_dir(settings.DATA_DIR) / f"{export.pk}.scratch"
    scratch.mkdir()
    exports_tidy(data_dir=settings.DATA_DIR, at=datetime.now(UTC))
    export.refresh_from_db()
    assert (export.status, scratch.exists()) == ("failed", False)


def test_a_damaged_file_is_not_given(bobs: People) -> None:
    bobs.sign()
    export = made(bobs)
    path = export_path(settings.DATA_DIR, export.pk)
    path.write_bytes(path.read_bytes()[:-5])
    assert fetch(bobs.organiser, export)[0] == 410
    path.unlink()
    assert fetch(bobs.organiser, export)[0] == 410


def test_an_unknown_download_or_format_is_no_error_of_ours(bobs: People) -> None:
    bobs.sign()
    export = made(bobs)
    export.pk = UUID(int=7)
    assert fetch(bobs.organiser, export)[0] == 404
    address = reverse("undersign_downloads:request", args=[bobs.petition.pk])
    assert browser_of(bobs.organiser).post(address, {"format": "exe"}).status_code == 302
