"""Everything an instance leaves behind, and the disguises in which a person's words could be in it."""

import base64
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

from tests.site import Site
from undersign.foundation.postgres.programs import directory_in_wheel

# Made before anybody signs, from the package alone.
NOT_LEFT_BY_PEOPLE = frozenset({"static"})


def traces_of(site: Site) -> Iterator[tuple[str, bytes]]:
    """Give the whole database, and every file that web and worker have written, each with its name."""
    yield "database", database_dump(site.environment["DATABASE_URL"])
    for folder, folders, files in os.walk(site.data_dir, followlinks=True):
        folders[:] = [name for name in folders if name not in NOT_LEFT_BY_PEOPLE]
        for name in files:
            path = Path(folder, name)
            yield str(path.relative_to(site.data_dir)), path.read_bytes()


def database_dump(url: str) -> bytes:
    """Write out every table, the queue's and Django's sessions too."""
    programs = Path(os.environ.get("UNDERSIGN_POSTGRES_BIN") or directory_in_wheel())
    command = [programs / "pg_dump", "--no-owner", "--inserts", url]
    return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout


def is_in(trace: bytes, words: str) -> bool:
    """Tell whether words are in a trace, in whatever case, plain or encoded."""
    lowered = trace.lower()
    return any(form.lower() in lowered for form in disguises(words)) or any(
        form in trace for form in base64_forms(words)
    )


def disguises(words: str) -> Iterator[bytes]:
    """Give the forms whose case does not matter: plain, in addresses, in the hexadecimal of a dump."""
    plain = words.encode()
    for written in (words, quote(words, safe=""), quote(words), quote_plus(words)):
        yield written.encode()
    for cased in (plain, plain.lower(), plain.upper()):
        yield cased.hex().encode()


def base64_forms(words: str) -> Iterator[bytes]:
    """Give what of words is the same in base64, wherever in a longer text they begin."""
    for cased in (words, words.lower(), words.upper()):
        for before in range(3):
            encoded = base64.b64encode(b"\0" * before + cased.encode()).rstrip(b"=")
            # The first characters hold bits of what stands before, the last one of what comes after.
            inner = encoded[(0, 2, 3)[before] : -1]
            yield inner
            yield inner.replace(b"+", b"-").replace(b"/", b"_")
