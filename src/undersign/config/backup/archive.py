"""The archive: a plain tar file whose first member says what it is and whose last holds the checksums.

    undersign-backup.json     header, see `Header`
    keys.sealed               the keys file under a passphrase, only if asked for
    erasures.jsonl            who was erased, as keyed hashes
    database/00000000 …       pg_dump's custom format, cut into pieces
    media/…                   uploads
    checksums.json            SHA-256 of every member before it

So it is written in one go, without room for a second copy, and a file that was cut has no last member.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self

from undersign.config.backup.errors import ArchiveDamaged, ArchiveForeign

FORMAT, VERSION = "undersign-backup", 1
HEADER, CHECKSUMS, KEYS, ERASURES = "undersign-backup.json", "checksums.json", "keys.sealed", "erasures.jsonl"
DATABASE, MEDIA = "database", "media"
PIECE = 4 * 2**20  # bytes


@dataclass(frozen=True, slots=True)
class Header:
    """What one has to know before anything is unpacked. `migrations` are “app.name”, key ids hexadecimal."""

    made_at: str
    undersign: str
    postgresql: int
    migrations: list[str]
    sealing_keys: list[str]
    index_epochs: list[int]
    format: str = FORMAT
    version: int = VERSION


@dataclass(slots=True)
class ArchiveWriter:
    """Writes members one after the other."""

    tar: tarfile.TarFile
    checksums: dict[str, str] = field(default_factory=dict)

    @classmethod
    def begin(cls, file: IO[bytes], header: Header) -> Self:
        """Start an archive with its header."""
        writer = cls(tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT))  # noqa: SIM115
        writer.add(HEADER, json.dumps(asdict(header), indent=1).encode())
        return writer

    def add(self, name: str, content: bytes) -> None:
        """Add one member from memory."""
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o600
        self.tar.addfile(member, io.BytesIO(content))
        self.checksums[name] = hashlib.sha256(content).hexdigest()

    def add_file(self, name: str, path: Path) -> None:
        """Add one file of the disk."""
        with path.open("rb") as file:
            member = tarfile.TarInfo(name)
            member.size, member.mode = path.stat().st_size, 0o600
            digest = _Digesting(file)
            self.tar.addfile(member, digest)
            self.checksums[name] = digest.sha256.hexdigest()

    def finish(self) -> None:
        """Write the checksums and the end."""
        self.add(CHECKSUMS, json.dumps(self.checksums).encode())
        self.tar.close()


class _Digesting(io.BufferedReader):
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)  # type: ignore[arg-type]  # reads like a raw file
        self.sha256 = hashlib.sha256()

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.sha256.update(data)
        return data


def members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Give each member's name and content in their order. Raises ArchiveForeign, ArchiveDamaged."""
    try:
        with tarfile.open(path, mode="r|") as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is None or not is_safe(member.name):
                    raise ArchiveForeign(f"{path} holds “{member.name}”, which no backup of ours does.")
                yield member.name, content
    except tarfile.ReadError as error:
        raise ArchiveDamaged(f"{path} is no backup, or was cut off ({error}).") from error


def is_safe(name: str) -> bool:
    """Say whether a member's name stays inside the directory it is unpacked to."""
    parts = PurePosixPath(name)
    return not parts.is_absolute() and ".." not in parts.parts


def archive_verify(path: Path) -> Header:
    """Read the whole archive, compare every checksum, and give the header; nothing is unpacked.

    Raises ArchiveForeign, ArchiveDamaged.
    """
    try:
        return _verify(path)
    except tarfile.ReadError as error:  # within a member, where `members` does not see it
        raise ArchiveDamaged(f"{path} was cut off ({error}).") from error


def _verify(path: Path) -> Header:
    header: Header | None = None
    found: dict[str, str] = {}
    promised: Mapping[str, str] | None = None
    for name, content in members(path):
        if header is None:
            header = _read_header(path, name, content)
            found[HEADER] = hashlib.sha256(json.dumps(asdict(header), indent=1).encode()).hexdigest()
        elif name == CHECKSUMS:
            promised = _read_json(path, content)
        else:
            found[name] = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    if header is None or promised is None:
        raise ArchiveDamaged(f"{path} was cut off: its end is missing.")
    wrong = sorted(n for n in found.keys() | promised.keys() if found.get(n) != promised.get(n))
    if wrong:
        raise ArchiveDamaged(f"{path} was changed or damaged: {wrong[0]} is not what was written.")
    return header


def _read_header(path: Path, name: str, content: IO[bytes]) -> Header:
    data = _read_json(path, content) if name == HEADER else {}
    if data.get("format") != FORMAT:
        raise ArchiveForeign(f"{path} is not a backup of Undersign.")
    if data.get("version") != VERSION:
        raise ArchiveForeign(f"{path} was made by a newer Undersign ({data.get('undersign')}).")
    try:
        return Header(**data)
    except TypeError as error:
        raise ArchiveDamaged(f"{path} has a header that cannot be read.") from error


def _read_json(path: Path, content: IO[bytes]) -> dict[str, Any]:
    try:
        value = json.loads(content.read())
    except ValueError as error:
        raise ArchiveDamaged(f"{path} was changed or damaged.") from error
    if not isinstance(value, dict):
        raise ArchiveDamaged(f"{path} was changed or damaged.")
    return value
