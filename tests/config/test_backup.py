"""`undersign backup` and `undersign restore`: everything comes back, nobody who was erased does."""

import os
import secrets
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from psycopg import conninfo, sql

from tests.delivery.conftest import NOON, People, begin
from undersign.config.backup.archive import archive_verify
from undersign.config.backup.errors import ArchiveDamaged, ArchiveForeign, PassphraseWrong
from undersign.config.backup.passphrase import keys_open, keys_seal
from undersign.foundation.keys import KeyRing, ensure_keys_file, load_keys
from undersign.foundation.sealing import Sealer
from undersign.signing.models import Signature, SignatureEvent, Tally, TallyDelta
from undersign.signing.payload import address_open
from undersign.supporters.erasure_list import erasures_read
from undersign.supporters.mailbox import KnownMailbox
from undersign.supporters.models import Supporter, Suppression
from undersign.supporters.services.erasing import mailbox_erase

PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def ring(tmp_path: Path, settings: Any) -> KeyRing:
    settings.DATA_DIR = tmp_path / "data"
    settings.KEYS_FILE = settings.DATA_DIR / "keys.json"
    settings.ERASURES_FILE = settings.DATA_DIR / "erasures.jsonl"
    settings.MEDIA_ROOT = settings.DATA_DIR / "media"
    ensure_keys_file(settings.KEYS_FILE, alias_rules=1, at=NOON)
    return load_keys(settings.KEYS_FILE)


@pytest.fixture
def bobs(transactional_db: None, ring: KeyRing) -> People:
    """Bob's instance: two signatures that are counted, and an upload."""
    people = begin("rivers", ring)
    people.sign("Alice Ames", "alice@people.example")
    people.sign("Ted Tate", "ted@people.example")
    Tally.objects.create(petition=people.petition, count=2, updated_at=NOON)
    picture = settings.DATA_DIR / "media" / "images" / "weir.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"\x89PNG" + bytes(5_000_000))
    return people


@dataclass
class Machine:
    """A place with a database and a data directory where the program can be run."""

    database_url: str
    data_dir: Path

    def run(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "undersign.config", *arguments],
            env=os.environ
            | {
                "DATABASE_URL": self.database_url,
                "UNDERSIGN_DATA_DIR": str(self.data_dir),
                "UNDERSIGN_KEYS_FILE": str(self.data_dir / "keys.json"),
                "DJANGO_SETTINGS_MODULE": "undersign.config.settings",
            },
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def rows(self, statement: Any) -> list[Any]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(statement).fetchall()

    @property
    def tables(self) -> int:
        [[count]] = self.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        return int(count)


@pytest.fixture
def here(bobs: People, database_url: str) -> Machine:
    return Machine(database_url, settings.DATA_DIR)


@pytest.fixture
def elsewhere(postgres_url: str, tmp_path: Path) -> Iterator[Callable[[], Machine]]:
    """Make new machines with empty databases."""
    made: list[str] = []

    def machine() -> Machine:
        made.append(f"elsewhere_{secrets.token_hex(6)}")
        with psycopg.connect(postgres_url, autocommit=True) as server:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(made[-1])))
        data_dir = tmp_path / made[-1]
        data_dir.mkdir()
        parts = conninfo.conninfo_to_dict(postgres_url)
        host = str(parts["host"]).replace("/", "%2F")
        user = f"{parts['user']}:{parts['password']}" if parts.get("password") else parts["user"]
        port = f"&port={parts['port']}" if parts.get("port") else ""
        return Machine(f"postgresql://{user}@/{made[-1]}?host={host}{port}", data_dir)

    yield machine
    with psycopg.connect(postgres_url, autocommit=True) as server:
        for name in made:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_everything_comes_back_but_those_who_were_erased_since(
    bobs: People, here: Machine, elsewhere: Callable[[], Machine], tmp_path: Path
) -> None:
    file = tmp_path / "night.backup"
    done = here.run("backup", str(file), "--with-keys", "--passphrase-stdin", typed=f"{PASSPHRASE}\n")
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for secret in (b"lice", PASSPHRASE.encode(), bobs.ring.django_secret.encode()):
        assert secret not in file.read_bytes()

    ted = next(s for s in Supporter.objects.all() if address_of(s, bobs.ring) == "ted@people.example")
    erase(ted, at=datetime.now(UTC))

    there = elsewhere()
    (there.data_dir / "erasures.jsonl").write_bytes(settings.ERASURES_FILE.read_bytes())
    done = there.run("restore", str(file), "--passphrase-stdin", typed=f"{PASSPHRASE}\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 people who were erased" in done.stderr
    assert "recounted: 2 signatures" in done.stdout  # the tally; the delta of -1 is not folded yet
    assert there.rows("SELECT state FROM signing_signature") == [("confirmed",)]
    [[sealed, id_]] = there.rows("SELECT email_sealed, id FROM supporters_supporter")
    ring = load_keys(there.data_dir / "keys.json")
    assert address_open(sealed, supporter_id=id_, sealer=Sealer(ring)) == "alice@people.example"
    assert there.rows("SELECT reason FROM supporters_suppression") == [("erased",)]
    picture = there.data_dir / "media" / "images" / "weir.png"
    assert picture.read_bytes() == (settings.DATA_DIR / "media" / "images" / "weir.png").read_bytes()
    assert stat.S_IMODE((there.data_dir / "keys.json").stat().st_mode) == 0o600

    again = there.run("restore", str(file))
    assert again.returncode == 1
    assert "The database is not empty" in again.stderr


def test_what_cannot_be_restored_is_a_sentence_and_changes_nothing(
    here: Machine, elsewhere: Callable[[], Machine], tmp_path: Path
) -> None:
    file = tmp_path / "night.backup"
    assert here.run("backup", str(file)).returncode == 0
    there = elsewhere()
    damaged = tmp_path / "damaged"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    attempts = {
        "The keys are not in this backup": file,
        "was changed or damaged": damaged,
    }
    for said, path in attempts.items():
        done = there.run("restore", str(path))
        assert (done.returncode, said in done.stderr) == (1, True), done.stderr
        assert "Traceback" not in done.stderr
        assert (there.tables, list(there.data_dir.iterdir())) == (0, [])
    ensure_keys_file(there.data_dir / "keys.json", alias_rules=1, at=NOON)
    done = there.run("restore", str(file))
    assert (done.returncode, "lacks keys" in done.stderr, there.tables) == (1, True, 0)


def test_a_backup_never_replaces_a_file(here: Machine, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("precious")
    done = here.run("backup", str(tmp_path / "taken"))
    assert (done.returncode, (tmp_path / "taken").read_text()) == (1, "precious")


def erase(supporter: Supporter, *, at: datetime = NOON) -> None:
    mailbox = KnownMailbox(supporter.organisation_id, {1: bytes(supporter.email_key)})
    mailbox_erase(mailbox=mailbox, by=None, at=at, erasures_file=settings.ERASURES_FILE)


def address_of(supporter: Supporter, ring: KeyRing) -> str:
    return address_open(supporter.email_sealed, supporter_id=supporter.pk, sealer=Sealer(ring))


def test_an_archive_that_is_not_whole_is_told_from_a_foreign_one(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.tar"
    with tarfile.open(foreign, "w") as tar:
        tar.add(__file__, arcname="photos/1.py")
    with pytest.raises(ArchiveForeign):
        archive_verify(foreign)
    for content in (b"", b"no tar at all", bytes(20_000)):
        foreign.write_bytes(content)
        with pytest.raises(ArchiveDamaged):
            archive_verify(foreign)


def test_a_cut_archive_is_found_wherever_it_was_cut(here: Machine, tmp_path: Path) -> None:
    file = tmp_path / "night.backup"
    assert here.run("backup", str(file)).returncode == 0
    assert archive_verify(file).sealing_keys == [here_key()]
    content = file.read_bytes()
    for share in (0.1, 0.5, 0.9, 0.99):
        file.write_bytes(content[: int(len(content) * share)])
        with pytest.raises((ArchiveDamaged, ArchiveForeign)):
            archive_verify(file)


def here_key() -> str:
    return load_keys(settings.KEYS_FILE).current_sealing_id.hex()


def test_the_keys_open_with_their_passphrase_alone() -> None:
    sealed = keys_seal(b"keys", passphrase=PASSPHRASE)
    assert keys_open(sealed, passphrase=PASSPHRASE) == b"keys"
    with pytest.raises(PassphraseWrong):
        keys_open(sealed, passphrase="correct horse battery stable")
    with pytest.raises(PassphraseWrong):
        keys_open(sealed[:-1], passphrase=PASSPHRASE)


def test_erasing_takes_everything_and_the_count_follows(bobs: People) -> None:
    alice = Signature.objects.earliest("id")
    SignatureEvent.objects.create(signature=alice, kind="confirmed", at=NOON)
    bobs.answer(alice, bobs.asks[0], is_given=True)
    supporter = alice.supporter
    erase(supporter)
    assert Signature.objects.count() == Supporter.objects.count() == 1
    assert TallyDelta.objects.get().delta == -1
    assert Suppression.objects.get().reason == "erased"
    [erasure] = erasures_read(settings.ERASURES_FILE)
    assert (erasure.organisation_id, erasure.epoch) == (bobs.organisation.pk, 1)
    assert stat.S_IMODE(settings.ERASURES_FILE.stat().st_mode) == 0o600


def test_a_line_that_a_crash_cut_is_no_obstacle(bobs: People) -> None:
    settings.ERASURES_FILE.write_text('{"at": "2026-0')
    erase(Supporter.objects.earliest("id"))
    assert len(erasures_read(settings.ERASURES_FILE)) == 1
