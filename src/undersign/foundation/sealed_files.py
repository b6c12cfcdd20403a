"""Sealed files: what is too long to be sealed at once, sealed piece by piece.

A piece is the length of its sealed form (4 bytes, big-endian), then the sealed form. Its place in the file
and whether it is the last are authenticated with it, so pieces cannot be exchanged, left out or cut off.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from undersign.foundation.sealing import SealBroken, Sealer

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

PIECE = 64 * 1024  # bytes before sealing
_LENGTH = 4


class SealedWriter(io.RawIOBase):
    """A binary stream that seals what is written to it. Without `finish` the file does not open again."""

    def __init__(self, file: BinaryIO, *, sealer: Sealer, context: bytes) -> None:
        super().__init__()
        self._file, self._sealer, self._context = file, sealer, context
        self._waiting = bytearray()
        self._pieces = 0

    def writable(self) -> bool:
        """Say that one can write here."""
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        """Take bytes; they reach the file a piece at a time."""
        before = len(self._waiting)
        self._waiting += data
        taken = len(self._waiting) - before
        while len(self._waiting) > PIECE:
            self._put(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]
        return taken

    def finish(self) -> None:
        """Write the last piece."""
        self._put(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _put(self, plain: bytes, *, is_last: bool) -> None:
        context = piece_context(self._context, self._pieces, is_last=is_last)
        sealed = self._sealer.seal(plain, context=context)
        self._file.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
        self._pieces += 1


def sealed_file_open(path: Path, *, sealer: Sealer, context: bytes) -> Iterator[bytes]:
    """Give the content piece by piece. Raises FileNotFoundError, KeyUnknown, SealBroken."""
    with path.open("rb") as file:
        sealed = _next(file)
        number = 0
        while sealed is not None:
            following = _next(file)
            yield sealer.open(sealed, context=piece_context(context, number, is_last=following is None))
            sealed, number = following, number + 1
    if not number:
        raise SealBroken("the file is empty")


def piece_context(context: bytes, number: int, *, is_last: bool) -> bytes:
    """Name the place of one piece."""
    return context + number.to_bytes(8, "big") + bytes([is_last])


def _next(file: BinaryIO) -> bytes | None:
    """Read the next sealed piece; None at the end."""
    length = file.read(_LENGTH)
    if not length:
        return None
    sealed = file.read(int.from_bytes(length, "big"))
    if len(length) < _LENGTH or len(sealed) < int.from_bytes(length, "big"):
        raise SealBroken("the file was cut off")
    return sealed
