"""Files that are sealed piece by piece cannot be read, cut, or put together anew."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from undersign.foundation.keys.ring import make_ring
from undersign.foundation.sealed_files import PIECE, SealedWriter, sealed_file_open
from undersign.foundation.sealing import SealBroken, Sealer


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(make_ring(alias_rules=1, at=datetime(2026, 3, 2, tzinfo=UTC)))


def write(path: Path, content: bytes, sealer: Sealer, context: bytes = b"here") -> None:
    with path.open("wb") as file:
        writer = SealedWriter(file, sealer=sealer, context=context)
        for start in range(0, len(content), 1_000):
            writer.write(content[start : start + 1_000])
        writer.finish()


def read(path: Path, sealer: Sealer, context: bytes = b"here") -> bytes:
    return b"".join(sealed_file_open(path, sealer=sealer, context=context))


@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_is_written_is_read(tmp_path: Path, sealer: Sealer, length: int) -> None:
    write(tmp_path / "file", bytes(length), sealer)
    assert read(tmp_path / "file", sealer) == bytes(length)


@pytest.mark.parametrize("cut", [1, 40, PIECE + 33 + 4])
def test_a_cut_file_does_not_open(tmp_path: Path, sealer: Sealer, cut: int) -> None:
    path = tmp_path / "file"
    write(path, b"x" * (2 * PIECE), sealer)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(SealBroken):
        read(path, sealer)


def test_pieces_cannot_change_places_or_files(tmp_path: Path, sealer: Sealer) -> None:
    path = tmp_path / "file"
    write(path, b"x" * (3 * PIECE), sealer)
    whole, step = path.read_bytes(), PIECE + 33 + 4
    path.write_bytes(whole[step : 2 * step] + whole[:step] + whole[2 * step :])
    with pytest.raises(SealBroken):
        read(path, sealer)
    path.write_bytes(whole)
    with pytest.raises(SealBroken):
        read(path, sealer, context=b"there")


def test_an_empty_file_was_never_whole(tmp_path: Path, sealer: Sealer) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SealBroken):
        read(tmp_path / "file", sealer)
