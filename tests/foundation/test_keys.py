import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from undersign.foundation import keys

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "secrets" / "keys.json"
    assert keys.ensure_keys_file(path, alias_rules=1, at=AT)
    return path


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def change(path: Path, **parts: object) -> None:
    data = json.loads(path.read_text())
    path.write_text(json.dumps(data | parts))


def test_the_file_is_made_for_its_owner_alone(path: Path) -> None:
    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700


def test_a_loose_umask_does_not_loosen_the_file(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keys.ensure_keys_file(tmp_path / "a" / "keys.json", alias_rules=1, at=AT)
    finally:
        os.umask(before)
    assert mode(tmp_path / "a" / "keys.json") == 0o600
    assert mode(tmp_path / "a") == 0o700


def test_the_mode_of_a_directory_that_exists_is_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    keys.ensure_keys_file(tmp_path / "keys.json", alias_rules=1, at=AT)
    assert mode(tmp_path) == 0o755


def test_a_file_that_exists_is_never_overwritten(path: Path) -> None:
    before = path.read_bytes()
    assert not keys.ensure_keys_file(path, alias_rules=1, at=AT)
    assert path.read_bytes() == before


def test_a_damaged_file_is_not_overwritten_either(path: Path) -> None:
    path.write_text("")
    assert not keys.ensure_keys_file(path, alias_rules=1, at=AT)
    assert path.read_text() == ""


def test_many_starting_at_once_make_one_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: keys.ensure_keys_file(path, alias_rules=1, at=AT), range(8)))
    assert made.count(True) == 1
    assert [key.epoch for key in keys.load_keys(path).index_keys] == [1]


def test_the_keys_of_two_installations_differ(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    keys.ensure_keys_file(other, alias_rules=1, at=AT)
    ours, theirs = keys.load_keys(path), keys.load_keys(other)
    assert ours.current_sealing_key.secret != theirs.current_sealing_key.secret
    assert ours.index_key(1).key != theirs.index_key(1).key
    assert ours.django_secret != theirs.django_secret


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(keys.KeysFileMissing, match="no keys file"):
        keys.load_keys(tmp_path / "keys.json")


def test_an_edit_of_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(keys.KeysFileMissing):
        keys.add_sealing_key(tmp_path / "nowhere" / "keys.json", at=AT)


@pytest.mark.parametrize("loose", [0o640, 0o604, 0o620, 0o660, 0o666, 0o610])
def test_a_file_that_others_can_touch_is_refused(path: Path, loose: int) -> None:
    path.chmod(loose)
    with pytest.raises(keys.KeysFileUnsafe, match="chmod 600"):
        keys.load_keys(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"7",
        b"\xff\xfe",
        b"{}",
        b'{"format": "undersign-keys", "version": 2}',
        b'{"format": "undersign-keys", "version": 1}',
        b'{"format": "undersign-keys", "version": 1, "sealing": [], "index": [], "tokens": []}',
    ],
)
def test_a_damaged_file_says_so(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(keys.KeysFileDamaged, match="damaged"):
        keys.load_keys(path)


@pytest.mark.parametrize("part", ["sealing", "index", "tokens", "django_secret"])
def test_a_file_without_one_of_its_parts_is_damaged(path: Path, part: str) -> None:
    data = json.loads(path.read_text())
    del data[part]
    path.write_text(json.dumps(data))
    with pytest.raises(keys.KeysFileDamaged, match=part):
        keys.load_keys(path)


def test_a_file_cut_anywhere_is_damaged(path: Path) -> None:
    whole = path.read_bytes()
    for length in range(0, len(whole) - 2, 7):
        path.write_bytes(whole[:length])
        with pytest.raises(keys.KeysFileDamaged):
            keys.load_keys(path)


def test_a_short_key_is_damaged(path: Path) -> None:
    data = json.loads(path.read_text())
    data["sealing"]["keys"][0]["key"] = "c2hvcnQ="
    change(path, **data)
    with pytest.raises(keys.KeysFileDamaged, match="5 bytes instead of 32"):
        keys.load_keys(path)


def test_a_current_key_that_is_not_listed_is_damaged(path: Path) -> None:
    data = json.loads(path.read_text())
    data["sealing"]["current"] = "00000000"
    change(path, **data)
    with pytest.raises(keys.KeysFileDamaged, match="current key"):
        keys.load_keys(path)


def test_no_error_and_no_representation_shows_a_secret(path: Path) -> None:
    ring = keys.load_keys(path)
    secrets = [repr(ring.current_sealing_key.secret), repr(ring.index_key(1).key), ring.django_secret]
    assert not any(secret in repr(ring) for secret in secrets)
    stored = json.loads(path.read_text())["sealing"]["keys"][0]["key"]
    path.write_text(path.read_text().replace(stored, stored + "!"))
    with pytest.raises(keys.KeysFileDamaged) as caught:
        keys.load_keys(path)
    assert stored not in str(caught.value)


def test_a_new_sealing_key_becomes_current_and_the_old_one_remains(path: Path) -> None:
    old = keys.load_keys(path).current_sealing_key
    ring = keys.add_sealing_key(path, at=AT)
    assert ring.current_sealing_key != old
    assert ring.sealing_key(old.key_id) == old
    assert keys.load_keys(path) == ring
    assert mode(path) == 0o600


def test_an_old_sealing_key_can_be_removed_and_the_current_one_cannot(path: Path) -> None:
    old = keys.load_keys(path).current_sealing_key.key_id
    with pytest.raises(keys.KeyInUse):
        keys.remove_sealing_key(path, key_id=old)
    keys.add_sealing_key(path, at=AT)
    ring = keys.remove_sealing_key(path, key_id=old)
    with pytest.raises(keys.KeyUnknown, match=old.hex()):
        ring.sealing_key(old)
    with pytest.raises(keys.KeyUnknown):
        keys.remove_sealing_key(path, key_id=old)


def test_index_epochs_live_side_by_side_until_one_is_retired(path: Path) -> None:
    with pytest.raises(keys.KeyInUse):
        keys.retire_index_epoch(path, epoch=1)
    ring = keys.add_index_epoch(path, alias_rules=2, at=AT)
    assert [(key.epoch, key.alias_rules) for key in ring.index_keys] == [(1, 1), (2, 2)]
    ring = keys.retire_index_epoch(path, epoch=1)
    assert [key.epoch for key in ring.index_keys] == [2]
    with pytest.raises(keys.KeyUnknown):
        keys.retire_index_epoch(path, epoch=1)
    ring = keys.add_index_epoch(path, alias_rules=2, at=AT)
    assert [key.epoch for key in ring.index_keys] == [2, 3]


def test_token_keys_are_numbered_and_bounded(path: Path) -> None:
    for _ in range(60):
        ring = keys.add_token_key(path, at=AT)
    assert ring.current_token_id == 61
    with pytest.raises(keys.KeyInUse):
        keys.add_token_key(path, at=AT)


def test_edits_at_once_lose_no_key(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: keys.add_sealing_key(path, at=AT), range(16)))
    made = {ring.current_sealing_id for ring in rings}
    assert len(made) == 16
    assert made <= {key.key_id for key in keys.load_keys(path).sealing_keys}


def test_a_reader_during_edits_always_finds_a_whole_file(path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(lambda: [keys.add_sealing_key(path, at=AT) for _ in range(40)])
        read = [keys.load_keys(path)]
        while not writing.done():
            read.append(keys.load_keys(path))
        assert len(writing.result()) == 40
    numbers = [len(ring.sealing_keys) for ring in (*read, keys.load_keys(path))]
    assert numbers == sorted(numbers)
    assert numbers[-1] == 41


def test_what_a_crash_left_behind_does_not_stop_the_next_edit(path: Path) -> None:
    path.with_name("keys.json.new").write_text("half of a")
    keys.add_sealing_key(path, at=AT)
    assert len(keys.load_keys(path).sealing_keys) == 2


def test_a_symbolic_link_to_the_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(path)
    keys.add_sealing_key(link, at=AT)
    assert link.is_symlink()
    assert len(keys.load_keys(path).sealing_keys) == 2


def test_a_dkim_key_is_kept_and_forgotten(path: Path) -> None:
    assert keys.load_keys(path).dkim_private_key is None
    keys.set_dkim_private_key(path, pem="-----BEGIN PRIVATE KEY-----")
    assert keys.load_keys(path).dkim_private_key == "-----BEGIN PRIVATE KEY-----"
    assert keys.set_dkim_private_key(path, pem=None).dkim_private_key is None
