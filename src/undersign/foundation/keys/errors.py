"""What can be wrong with the keys."""

from pathlib import Path


class KeysError(Exception):
    """Any trouble with the keys."""


class KeysFileMissing(KeysError):
    """There is no keys file."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"There is no keys file at {path}. `undersign up` makes one for a new installation. "
            "For an existing one, bring it back from its backup: without it nobody's data can be opened."
        )


class KeysFileUnsafe(KeysError):
    """Somebody else may read the keys file, or we may not."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The keys file {path} {reason}. Cure: chmod 600 {path}, owned by the user of undersign."
        )


class KeysFileDamaged(KeysError):
    """The keys file cannot be understood."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The keys file {path} is damaged: {reason}.")


class KeyUnknown(KeysError):
    """The ring has no such key; `key_id` is its 4-byte id, or the number of an epoch."""

    def __init__(self, key_id: bytes | int) -> None:
        self.key_id = key_id
        name = key_id.hex() if isinstance(key_id, bytes) else str(key_id)
        super().__init__(f"The key {name} is not in the keys file.")


class KeyInUse(KeysError):
    """The current key cannot be taken away."""
