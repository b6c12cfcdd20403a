"""Waiting, for browsers without JavaScript: a token that is good for one form, some seconds from now.

It is bound to the petition and the address in the form. The instant from which it is good is in its id.
"""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from undersign.foundation.ids import uuid7, uuid7_at
from undersign.foundation.tokens import TokenRefused, TokenSigner

PURPOSE = "wait"
# Time enough to be read to, to be called away, and to come back.
HOLDS = timedelta(hours=1)


def wait_token(tokens: TokenSigner, *, petition_id: int, email: str, good_from: datetime) -> str:
    """Make a token that is good from an instant on."""
    proof_id = uuid7(good_from)
    return tokens.issue(PURPOSE, proof_id.bytes, _binding(petition_id, email), good_from + HOLDS)


def wait_read(tokens: TokenSigner, token: str, *, petition_id: int, email: str, at: datetime) -> UUID | None:
    """Give the id of a token for this form; None for one of another form, a forged or an expired one."""
    try:
        found = tokens.read(token, purpose=PURPOSE, at=at)
    except TokenRefused:
        return None
    return UUID(bytes=found.subject) if found.bound_to == _binding(petition_id, email) else None


def seconds_left(proof_id: UUID, at: datetime) -> float:
    """Tell how long it takes until a token is good; 0 or less when it is."""
    return (uuid7_at(proof_id) - at).total_seconds()


def _binding(petition_id: int, email: str) -> bytes:
    return hashlib.sha256(petition_id.to_bytes(8, "big") + email.casefold().encode()).digest()[:16]
