"""Reading an attempt back, for its own signer."""

from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from undersign.foundation.keys import KeyUnknown
from undersign.foundation.sealing import SealBroken
from undersign.signing.errors import AttemptUnknown
from undersign.signing.identity import SigningKeys
from undersign.signing.payload import AttemptPayload, Circumstances, attempt_open

READ = b"""
SELECT sealed, text_id, locale, text(network), source, held_reason FROM signing_attempt WHERE id = %s
"""


async def attempt_read(
    connection: AsyncConnection[Any], attempt_id: UUID, *, keys: SigningKeys
) -> tuple[AttemptPayload, Circumstances]:
    """Open an attempt. Raises AttemptUnknown when it is purged or cannot be opened."""
    cursor = await connection.execute(READ, (attempt_id,))
    row = await cursor.fetchone()
    if row is None:
        raise AttemptUnknown(str(attempt_id))
    sealed, *circumstances = row
    try:
        payload = attempt_open(sealed, attempt_id=attempt_id, sealer=keys.sealer)
    except (SealBroken, KeyUnknown) as problem:
        raise AttemptUnknown(str(attempt_id)) from problem
    return payload, Circumstances(*circumstances)
