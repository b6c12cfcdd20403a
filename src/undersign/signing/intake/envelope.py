"""What travels through a stream: attempts that were handed in together, sealed as a whole.

An envelope opens only under the id that its message carries, so nobody who can reach the stream can read what
is in it, or have something written that no process of ours has put there.

Version 1 is a JSON object, `{"version": 1, "attempts": [{field: value}, …]}`. A field of NewAttempt that is
added later needs a default, so that what is on its way during a deployment can be read; other changes need
another version, and this one to be read for as long as a stream keeps messages.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from undersign.foundation.sealing import Sealer, seal_context
from undersign.signing.payload import Circumstances
from undersign.signing.services.attempts import NewAttempt

VERSION: Final = 1


class FormatUnknown(Exception):
    """The envelope is ours, and of a newer release than this process."""


def envelope_seal(attempts: Sequence[NewAttempt], *, message_id: UUID, sealer: Sealer) -> bytes:
    """Put attempts into an envelope for one message."""
    plain = {"version": VERSION, "attempts": [_fields_of(attempt, _NAMES) for attempt in attempts]}
    document = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), default=_written)
    return sealer.seal(document.encode(), context=seal_context("intake", message_id))


def envelope_open(sealed: bytes, *, message_id: UUID, sealer: Sealer) -> list[NewAttempt]:
    """Take the attempts out again. Raises SealBroken, KeyUnknown or FormatUnknown."""
    plain = json.loads(sealer.open(sealed, context=seal_context("intake", message_id)))
    if plain["version"] != VERSION:
        raise FormatUnknown(plain["version"])
    try:
        return [_attempt(values) for values in plain["attempts"]]
    except TypeError as unknown:  # a field that this release does not have
        raise FormatUnknown(str(unknown)) from unknown


_NAMES = tuple(field.name for field in fields(NewAttempt))
_CAME = tuple(field.name for field in fields(Circumstances))


def _fields_of(value: NewAttempt | Circumstances, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}


def _written(value: object) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Circumstances):
        return _fields_of(value, _CAME)
    raise TypeError(type(value).__name__)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "id": UUID,
    "sealed": b64decode,
    "email_key": b64decode,
    "at": datetime.fromisoformat,
    "proof_id": lambda value: value and UUID(value),
    "circumstances": lambda values: Circumstances(**values),
}


def _attempt(values: Mapping[str, Any]) -> NewAttempt:
    return NewAttempt(
        **{name: _READ[name](value) if name in _READ else value for name, value in values.items()}
    )
