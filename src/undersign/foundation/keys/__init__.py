"""The keys of an installation: what seals, what looks up, what signs. See docs/mechanisms/sealing.md."""

from undersign.foundation.keys.errors import (
    KeyInUse,
    KeysError,
    KeysFileDamaged,
    KeysFileMissing,
    KeysFileUnsafe,
    KeyUnknown,
)
from undersign.foundation.keys.file import (
    add_index_epoch,
    add_sealing_key,
    add_token_key,
    ensure_keys_file,
    load_keys,
    prepare_sealing_key,
    remove_sealing_key,
    retire_index_epoch,
    set_dkim_private_key,
    use_sealing_key,
)
from undersign.foundation.keys.ring import IndexEpoch, KeyRing, SealingKey, TokenKey

__all__ = [
    "IndexEpoch",
    "KeyInUse",
    "KeyRing",
    "KeyUnknown",
    "KeysError",
    "KeysFileDamaged",
    "KeysFileMissing",
    "KeysFileUnsafe",
    "SealingKey",
    "TokenKey",
    "add_index_epoch",
    "add_sealing_key",
    "add_token_key",
    "ensure_keys_file",
    "load_keys",
    "prepare_sealing_key",
    "remove_sealing_key",
    "retire_index_epoch",
    "set_dkim_private_key",
    "use_sealing_key",
]
