import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersign.foundation import keys
from undersign.foundation.sealing import OVERHEAD, SealBroken, Sealer, key_id_of, seal_context

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ALICE_ROW = seal_context("supporter.name", UUID(int=1))
BOB_ROW = seal_context("supporter.name", UUID(int=2))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    keys.ensure_keys_file(path, alias_rules=1, at=AT)
    return path


@pytest.fixture(scope="module")
def sealer(path: Path) -> Sealer:
    return Sealer(keys.load_keys(path))


@given(plain=st.binary(max_size=300), context=st.binary(max_size=40))
def test_what_is_sealed_opens_again(sealer: Sealer, plain: bytes, context: bytes) -> None:
    sealed = sealer.seal(plain, context=context)
    assert len(sealed) == len(plain) + OVERHEAD
    assert sealer.open(sealed, context=context) == plain
    assert sealer.open(memoryview(sealed), context=context) == plain


def test_the_same_text_never_seals_the_same_way_twice(sealer: Sealer) -> None:
    assert len({sealer.seal(b"Alice", context=ALICE_ROW) for _ in range(1_000)}) == 1_000


def test_mallory_cannot_move_a_value_to_another_row_or_purpose(sealer: Sealer) -> None:
    sealed = sealer.seal(b"Alice", context=ALICE_ROW)
    for context in (BOB_ROW, seal_context("supporter.email", UUID(int=1)), b""):
        with pytest.raises(SealBroken):
            sealer.open(sealed, context=context)


def test_a_change_of_any_bit_is_noticed(sealer: Sealer) -> None:
    sealed = sealer.seal(b"Alice", context=ALICE_ROW)
    for position in range(len(sealed) * 8):
        forged = bytearray(sealed)
        forged[position // 8] ^= 1 << position % 8
        with pytest.raises((SealBroken, keys.KeyUnknown)):
            sealer.open(bytes(forged), context=ALICE_ROW)


def test_a_cut_value_is_noticed(sealer: Sealer) -> None:
    sealed = sealer.seal(b"Alice", context=ALICE_ROW)
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            sealer.open(sealed[:length], context=ALICE_ROW)


@given(rubbish=st.binary(max_size=100))
def test_rubbish_is_refused(sealer: Sealer, rubbish: bytes) -> None:
    with pytest.raises((SealBroken, keys.KeyUnknown)):
        sealer.open(rubbish, context=ALICE_ROW)


def test_the_key_id_can_be_read_without_opening(path: Path, sealer: Sealer) -> None:
    sealed = sealer.seal(b"Alice", context=ALICE_ROW)
    assert key_id_of(sealed) == keys.load_keys(path).current_sealing_id
    assert sealed[1:5] == key_id_of(sealed)
    with pytest.raises(SealBroken):
        key_id_of(b"Alice")


def test_after_a_rotation_old_values_open_and_new_ones_use_the_new_key(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keys.ensure_keys_file(path, alias_rules=1, at=AT)
    old = Sealer(keys.load_keys(path)).seal(b"Alice", context=ALICE_ROW)
    ring = keys.add_sealing_key(path, at=AT)
    sealer = Sealer(ring)
    assert sealer.open(old, context=ALICE_ROW) == b"Alice"
    assert key_id_of(sealer.seal(b"Alice", context=ALICE_ROW)) == ring.current_sealing_id != key_id_of(old)
    without = Sealer(keys.remove_sealing_key(path, key_id=key_id_of(old)))
    with pytest.raises(keys.KeyUnknown) as caught:
        without.open(old, context=ALICE_ROW)
    assert caught.value.key_id == key_id_of(old)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(value=st.dictionaries(st.text(), JSON, max_size=4))
def test_json_comes_back_as_it_was(sealer: Sealer, value: dict[str, Any]) -> None:
    sealed = sealer.seal_json(value, context=ALICE_ROW)
    assert sealer.open_json(sealed, dict[str, Any], context=ALICE_ROW) == value


def test_the_length_of_a_name_does_not_show(sealer: Sealer) -> None:
    lengths = {
        len(sealer.seal_json({"name": name}, context=ALICE_ROW))
        for name in ("Li", "Łucja", "Maria del Carmen", "Wolfeschlegelsteinhausen")
    }
    assert len(lengths) == 1


def test_a_sealed_value_that_is_no_object_is_refused(sealer: Sealer) -> None:
    for plain in (b"[1]", b"not json", b"", b'{"name": "\xff"}'):
        with pytest.raises(SealBroken):
            sealer.open_json(sealer.seal(plain, context=ALICE_ROW), dict[str, Any], context=ALICE_ROW)


def test_threads_can_share_a_sealer(sealer: Sealer) -> None:
    def journey(number: int) -> bool:
        plain = str(number).encode() * 20
        return all(
            sealer.open(sealer.seal(plain, context=ALICE_ROW), context=ALICE_ROW) == plain for _ in range(500)
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(journey, range(8)))


def test_the_front_door_can_use_all_this_without_django() -> None:
    names = ("ids", "keys", "sealing", "keyed_hash", "tokens", "text", "networks")
    modules = ", ".join(["undersign.supporters.mailbox", *(f"undersign.foundation.{name}" for name in names)])
    script = f"import sys, {modules}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
