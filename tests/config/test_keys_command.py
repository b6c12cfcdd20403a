"""`undersign keys rotate` seals everything with a new key, and nothing is lost on the way."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.conf import settings

from tests.delivery.conftest import NOON, People, bobs, ring  # noqa: F401 -- fixtures
from undersign.config.cli import keys
from undersign.foundation.keys import add_sealing_key, ensure_keys_file, load_keys
from undersign.foundation.keys.watch import KeysWatch
from undersign.foundation.sealing import Sealer, key_id_of
from undersign.signing.models import Signature
from undersign.signing.payload import address_open, signature_open
from undersign.supporters.models import Supporter


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "of this test: the command starts no server of its own")
    monkeypatch.setattr(keys, "PATIENCE", 0)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(keys.command, arguments)


def test_everything_is_sealed_with_the_new_key_and_opens(bobs: People) -> None:  # noqa: F811
    names = {f"Signer {n}" for n in range(5)}
    for name in names:
        bobs.sign(name)
    old = bobs.ring.current_sealing_id
    done = run("rotate", "--remove-old")
    assert done.exit_code == 0, done.output
    fresh = load_keys(settings.KEYS_FILE)
    assert [key.key_id for key in fresh.sealing_keys] == [fresh.current_sealing_id] != [old]
    sealer = Sealer(fresh)
    signatures = list(Signature.objects.all())
    assert {key_id_of(bytes(s.sealed)) for s in signatures} == {fresh.current_sealing_id}
    opened = {signature_open(s.sealed, signature_id=s.pk, sealer=sealer).name for s in signatures}
    assert opened == names
    for supporter in Supporter.objects.all():
        assert "@" in address_open(supporter.email_sealed, supporter_id=supporter.pk, sealer=sealer)


def test_a_rotation_that_was_stopped_goes_on(bobs: People) -> None:  # noqa: F811
    bobs.sign()
    fresh = add_sealing_key(settings.KEYS_FILE, at=datetime.now(UTC))
    assert "1 opens only" not in run("list").output
    done = run("rotate", "--continue")
    assert done.exit_code == 0, done.output
    assert "2 values were sealed anew" in done.stderr
    assert {key_id_of(bytes(s.sealed)) for s in Signature.objects.all()} == {fresh.current_sealing_id}
    assert len(load_keys(settings.KEYS_FILE).sealing_keys) == 2


def test_a_missing_key_is_a_sentence_and_loses_nothing(bobs: People) -> None:  # noqa: F811
    signature = bobs.sign()
    settings.KEYS_FILE.unlink()
    ensure_keys_file(settings.KEYS_FILE, alias_rules=1, at=NOON)
    done = run("rotate", "--continue")
    assert done.exit_code == 1
    assert f"The key {bobs.ring.current_sealing_id.hex()} is not in the keys file" in done.stderr
    signature.refresh_from_db()
    assert signature_open(signature.sealed, signature_id=signature.pk, sealer=Sealer(bobs.ring))


def test_a_process_notices_a_new_keys_file_and_outlives_a_damaged_one(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    ensure_keys_file(path, alias_rules=1, at=NOON)
    watch = KeysWatch(path)
    assert not watch.look()
    fresh = add_sealing_key(path, at=NOON)
    assert watch.look()
    assert watch.ring == fresh
    assert not watch.look()
    path.write_text("{")
    assert not watch.look()
    assert watch.ring == fresh
