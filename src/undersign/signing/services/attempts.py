"""Taking a submitted form: one row for the attempt, one for the mail that asks to confirm it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from undersign.foundation.columns import bigints, byteas, smallints, texts, timestamps, uuids
from undersign.foundation.ids import uuid7
from undersign.foundation.metrics import HELD
from undersign.foundation.values import value
from undersign.signing.identity import SigningKeys, mail_domain, mailbox_keys
from undersign.signing.payload import AttemptPayload, Circumstances, attempt_seal
from undersign.signing.queries.petitions import SignablePetition
from undersign.signing.services.proofs import proofs_spend

# Why an attempt is held whose proof somebody had used.
REPLAYED = "replayed"


class Taking(Enum):
    """What became of a form that was to be stored."""

    STORED = "stored"
    PROOF_SPENT = "its proof was used by another form before; nothing was stored"


@value
class NewAttempt:
    """An attempt as it will be stored, with the proof that it spends, if it was asked for one."""

    id: UUID
    petition_id: int
    organisation_id: int
    sealed: bytes
    email_key: bytes
    index_epoch: int
    mail_domain: str
    circumstances: Circumstances
    at: datetime
    proof_id: UUID | None = None


def attempt_new(
    payload: AttemptPayload,
    circumstances: Circumstances,
    *,
    petition: SignablePetition,
    keys: SigningKeys,
    at: datetime,
    proof_id: UUID | None = None,
) -> NewAttempt:
    """Make an attempt of a form that was read, spending a proof if it had one. Raises AddressInvalid."""
    attempt_id = uuid7()
    organisation_id = petition.organisation_id
    mailbox = mailbox_keys(payload.email, organisation_id=organisation_id, keys=keys)
    return NewAttempt(
        id=attempt_id,
        petition_id=petition.id,
        organisation_id=organisation_id,
        sealed=attempt_seal(payload, attempt_id=attempt_id, sealer=keys.sealer),
        email_key=mailbox.live,
        index_epoch=keys.index_key.epoch,
        mail_domain=mail_domain(mailbox.domain, organisation_id=organisation_id, index_key=keys.index_key),
        circumstances=circumstances,
        at=at,
        proof_id=proof_id,
    )


INSERT_ATTEMPTS = b"""
INSERT INTO signing_attempt
    (id, petition_id, text_id, sealed, email_key, index_epoch, locale, network, source, held_reason,
     mail_domain)
SELECT id, petition_id, text_id, sealed, email_key, index_epoch, locale, network::inet, source, held_reason,
       mail_domain
FROM unnest(%b::uuid[], %b::bigint[], %b::bigint[], %b::bytea[], %b::bytea[], %b::smallint[], %b::text[],
            %b::text[], %b::text[], %b::text[], %b::text[])
    AS a (id, petition_id, text_id, sealed, email_key, index_epoch, locale, network, source, held_reason,
          mail_domain)
ON CONFLICT DO NOTHING
"""

INSERT_MAILS = b"""
INSERT INTO messaging_outboxmail
    (id, kind, cause_id, round, organisation_id, petition_id, email_key, network, priority, status,
     not_before, tries, last_error)
SELECT id, 'confirm', cause_id, 0, organisation_id, petition_id, email_key, network::inet, 0, status,
       not_before, 0, ''
FROM unnest(%b::uuid[], %b::uuid[], %b::bigint[], %b::bigint[], %b::bytea[], %b::text[], %b::text[],
            %b::timestamptz[])
    AS m (id, cause_id, organisation_id, petition_id, email_key, network, status, not_before)
ON CONFLICT DO NOTHING
"""


async def attempts_write(connection: AsyncConnection[Any], attempts: Sequence[NewAttempt]) -> list[Taking]:
    """Store a batch, sorted by id, in the caller's transaction. Writing an attempt again changes nothing.

    A held attempt has its mail too, waiting as it waits: the work is the same for whoever signs.
    """
    refused = await proofs_spend(connection, {a.id: a.proof_id for a in attempts if a.proof_id})
    await _store(connection, [a for a in attempts if a.id not in refused])
    return [Taking.PROOF_SPENT if a.id in refused else Taking.STORED for a in attempts]


async def attempts_write_acknowledged(
    connection: AsyncConnection[Any], attempts: Sequence[NewAttempt]
) -> list[None]:
    """Store a batch, sorted by id, of which somebody was told that it is stored already.

    Whose proof another attempt had used is held: it is too late to ask for another one.
    """
    refused = await proofs_spend(connection, {a.id: a.proof_id for a in attempts if a.proof_id})
    await _store(connection, [_held(a) if a.id in refused else a for a in attempts])
    HELD.labels(REPLAYED).inc(len(refused))
    return [None] * len(attempts)


def _held(attempt: NewAttempt) -> NewAttempt:
    reason = attempt.circumstances.held_reason or REPLAYED
    return replace(attempt, circumstances=replace(attempt.circumstances, held_reason=reason))


async def _store(connection: AsyncConnection[Any], attempts: Sequence[NewAttempt]) -> None:
    came = [a.circumstances for a in attempts]
    ids, petitions = uuids([a.id for a in attempts]), bigints([a.petition_id for a in attempts])
    email_keys = byteas([a.email_key for a in attempts])
    networks = texts([c.network for c in came])
    await connection.execute(
        INSERT_ATTEMPTS,
        (
            ids,
            petitions,
            bigints([c.text_id for c in came]),
            byteas([a.sealed for a in attempts]),
            email_keys,
            smallints([a.index_epoch for a in attempts]),
            texts([c.locale for c in came]),
            networks,
            texts([c.source for c in came]),
            texts([c.held_reason for c in came]),
            texts([a.mail_domain for a in attempts]),
        ),
    )
    await connection.execute(
        INSERT_MAILS,
        (
            uuids([uuid7() for _ in attempts]),
            ids,
            bigints([a.organisation_id for a in attempts]),
            petitions,
            email_keys,
            networks,
            texts(["held" if c.held_reason else "queued" for c in came]),
            timestamps([a.at for a in attempts]),
        ),
    )


SEND_AGAIN = b"""
INSERT INTO messaging_outboxmail
    (id, kind, cause_id, round, organisation_id, petition_id, email_key, network, priority, status,
     not_before, tries, last_error)
SELECT %(id)s, 'confirm', cause_id, max(round) + 1, organisation_id, petition_id, email_key, network, 0,
       'queued', %(at)s, 0, ''
FROM messaging_outboxmail
WHERE cause_id = %(attempt_id)s AND kind = 'confirm'
GROUP BY cause_id, organisation_id, petition_id, email_key, network
HAVING max(round) < %(rounds)s AND bool_and(status NOT IN ('held', 'dropped', 'queued'))
ON CONFLICT DO NOTHING
"""

MAX_ROUNDS = 5


async def attempt_send_again(connection: AsyncConnection[Any], *, attempt_id: UUID, at: datetime) -> None:
    """Queue the confirmation mail of one attempt once more, unless it still waits to be sent."""
    values = {"id": uuid7(), "attempt_id": attempt_id, "at": at, "rounds": MAX_ROUNDS}
    await connection.execute(SEND_AGAIN, values)
