"""The keys file: made once, readable by its owner alone, replaced in one step, edited under a lock."""

import fcntl
import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from undersign.foundation.keys.errors import KeyInUse, KeysFileDamaged, KeysFileMissing, KeysFileUnsafe
from undersign.foundation.keys.ring import (
    TOKEN_KEY_IDS,
    KeyRing,
    SealingKey,
    make_index_epoch,
    make_ring,
    make_sealing_key,
    make_token_key,
    ring_from_json,
    ring_to_json,
)

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def load_keys(path: Path) -> KeyRing:
    """Read the keys file. Raises KeysFileMissing, KeysFileUnsafe or KeysFileDamaged."""
    try:
        return ring_from_json(json.loads(_read_private(path)))
    except (ValueError, AttributeError) as error:
        raise KeysFileDamaged(path, _reason(error)) from error


def ensure_keys_file(path: Path, *, alias_rules: int, at: datetime) -> bool:
    """Make the keys of a new installation unless the file is there; tell whether it was made.

    A missing directory is made for us alone (0700); the modes of directories that exist are left as they are.
    `alias_rules` is the version of the address rules that the first index epoch belongs to.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(path):
        if path.exists():
            return False
        _replace(path, make_ring(alias_rules=alias_rules, at=at))
        return True


def add_sealing_key(path: Path, *, at: datetime) -> KeyRing:
    """Add a sealing key and make it the current one; the old ones remain for opening."""
    key = make_sealing_key(at=at)
    return _edit(
        path,
        lambda ring: replace(ring, sealing_keys=(*ring.sealing_keys, key), current_sealing_id=key.key_id),
    )


def prepare_sealing_key(path: Path, *, at: datetime) -> SealingKey:
    """Add a sealing key that only opens for now, so that every process has it before anything needs it."""
    key = make_sealing_key(at=at)
    _edit(path, lambda ring: replace(ring, sealing_keys=(*ring.sealing_keys, key)))
    return key


def use_sealing_key(path: Path, *, key_id: bytes) -> KeyRing:
    """Seal with this key from now on. Raises KeyUnknown."""
    return _edit(path, lambda ring: replace(ring, current_sealing_id=ring.sealing_key(key_id).key_id))


def remove_sealing_key(path: Path, *, key_id: bytes) -> KeyRing:
    """Forget a sealing key for good: what it sealed can never be opened again.

    Raises KeyUnknown, and KeyInUse for the current key.
    """

    def without(ring: KeyRing) -> KeyRing:
        ring.sealing_key(key_id)
        if key_id == ring.current_sealing_id:
            problem = f"The key {key_id.hex()} is the current sealing key: add another one first."
            raise KeyInUse(problem)
        return replace(ring, sealing_keys=tuple(key for key in ring.sealing_keys if key.key_id != key_id))

    return _edit(path, without)


def add_index_epoch(path: Path, *, alias_rules: int, at: datetime) -> KeyRing:
    """Add the next index epoch; the database says when look-ups begin to use it."""

    def with_epoch(ring: KeyRing) -> KeyRing:
        number = max(key.epoch for key in ring.index_keys) + 1
        epoch = make_index_epoch(number, alias_rules=alias_rules, at=at)
        return replace(ring, index_epochs=(*ring.index_epochs, epoch))

    return _edit(path, with_epoch)


def retire_index_epoch(path: Path, *, epoch: int) -> KeyRing:
    """Forget an index epoch for good: only once no row and no list was hashed with it.

    Raises KeyUnknown, and KeyInUse for the only one.
    """

    def without(ring: KeyRing) -> KeyRing:
        ring.index_key(epoch)
        remaining = tuple(e for e in ring.index_epochs if e.index_key.epoch != epoch)
        if not remaining:
            problem = f"The index epoch {epoch} is the only one: add another one first."
            raise KeyInUse(problem)
        return replace(ring, index_epochs=remaining)

    return _edit(path, without)


def add_token_key(path: Path, *, at: datetime) -> KeyRing:
    """Add a token key and make it the current one. Raises KeyInUse when all 61 numbers are taken."""

    def with_key(ring: KeyRing) -> KeyRing:
        taken = {key.key_id for key in ring.token_keys}
        free = [number for number in TOKEN_KEY_IDS if number not in taken]
        if not free:
            raise KeyInUse("There is no room for another token key: remove an old one first.")
        key = make_token_key(min((n for n in free if n > ring.current_token_id), default=free[0]), at=at)
        return replace(ring, token_keys=(*ring.token_keys, key), current_token_id=key.key_id)

    return _edit(path, with_key)


def set_dkim_private_key(path: Path, *, pem: str | None) -> KeyRing:
    """Keep the private key that signs outgoing mail (PEM), or forget it."""
    return _edit(path, lambda ring: replace(ring, dkim_private_key=pem))


def _edit(path: Path, change: Callable[[KeyRing], KeyRing]) -> KeyRing:
    path = path.resolve()  # a symbolic link keeps pointing at the file
    with _locked(path):
        ring = change(load_keys(path))
        _replace(path, ring)
        return ring


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock file beside the keys file, so that two edits never lose one another's key."""
    if not path.parent.is_dir():
        raise KeysFileMissing(path)
    descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _replace(path: Path, ring: KeyRing) -> None:
    """Write beside the file, push it to the disk, then rename: a crash leaves one file whole."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)  # left by a crash; nobody else is here, we hold the lock
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(ring_to_json(ring), file, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_private(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            if mode & _OTHERS:
                raise KeysFileUnsafe(
                    path, f"can be read or changed by others (mode {stat.S_IMODE(mode):04o})"
                )
            return file.read()
    except FileNotFoundError:
        raise KeysFileMissing(path) from None
    except PermissionError:
        raise KeysFileUnsafe(path, "cannot be read by this user") from None


def _reason(error: Exception) -> str:
    """Say what is wrong, never quoting the text: it holds keys."""
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON (line {error.lineno})"
    if isinstance(error, UnicodeDecodeError | AttributeError):
        return "it is not a JSON object in UTF-8"
    return str(error)
