"""Turning confirmed attempts into supporters, consents, signatures and the count.

A batch is one transaction. Every statement writes its rows sorted by key and the tables always come in
one order, so that batches of several processes that hold the same people cannot deadlock.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from undersign.foundation.columns import (
    Column,
    bigints,
    booleans,
    byteas,
    texts,
    timestamps,
    uuids,
)
from undersign.foundation.ids import uuid7
from undersign.signing.identity import SigningKeys, epochs_hold, held_keys
from undersign.signing.payload import address_seal, signature_seal
from undersign.signing.services import confirmation_statements as sql
from undersign.signing.services.candidates import (
    Candidate,
    Confirmation,
    attempts_ask_for,
    candidates_open,
    postcode_area,
    public_name,
)


class Outcome(Enum):
    """What became of a confirmation."""

    CONFIRMED = "confirmed"
    RESTORED = "restored"  # withdrawn by its signer before, and now signed again
    ALREADY = "already"  # this mailbox, or this very attempt, is counted already
    WITHDRAWN = "withdrawn"  # by its signer after this attempt, or by a moderator
    HELD = "held"
    GONE = "gone"  # never was, or purged
    SEALED = "sealed"  # its key is missing, or it is damaged; nothing is lost


@dataclass(frozen=True, slots=True)
class ExistingSignature:
    """What stands already under a petition for one supporter."""

    id: UUID
    petition_id: int
    supporter_id: UUID
    slot: int
    attempt_id: UUID
    name_key: bytes
    state: str
    withdrawn_by: str


async def signatures_confirm(
    connection: AsyncConnection[Any], confirmations: Sequence[Confirmation], *, keys: SigningKeys
) -> list[Outcome]:
    """Confirm a batch in the caller's transaction and say what became of each. Idempotent.

    Of `keys`, those of the epochs that the database has now are used. Raises NotReady without them.
    """
    await epochs_hold(
        connection
    )  # before the attempts are read: whoever erases one waits, or it is not found
    stored = await attempts_ask_for(connection, confirmations)
    keys = await held_keys(connection, keys)
    attempts = {attempt.id: attempt async for attempt in stored}
    outcomes = {a.id: Outcome.HELD if a.held_reason else Outcome.SEALED for a in attempts.values()}
    candidates = candidates_open(confirmations, attempts, keys)
    if candidates:
        outcomes |= await _sign(connection, candidates, keys)
    return [outcomes.get(c.attempt_id, Outcome.GONE) for c in confirmations]


async def _sign(
    connection: AsyncConnection[Any], candidates: Sequence[Candidate], keys: SigningKeys
) -> dict[UUID, Outcome]:
    """Make the supporters that are new and the signatures that are due; give back what was withdrawn."""
    written = await _write(connection, candidates, keys, slot=0)
    if not written:
        written = await _write(connection, candidates, keys, slot=0)  # now all supporters are seen
    outcomes = _confirmed(written)
    rest = [c for c in candidates if c.attempt.id not in outcomes]
    if not rest:
        return outcomes
    for candidate in rest:
        candidate.supporter_id = written[candidate.attempt.id].supporter_id
    existing = await _existing_signatures(connection, rest)
    if second := [c for c in rest if _is_second_person(c, existing[c.owner])]:
        outcomes |= _confirmed(await _write(connection, second, keys, slot=1))
    repeated = [c for c in rest if c.attempt.id not in outcomes]
    restored = await _restore_signatures(connection, repeated, existing)
    return outcomes | {c.attempt.id: _outcome_of_repeat(c, existing[c.owner], restored) for c in repeated}


@dataclass(frozen=True, slots=True)
class Written:
    """What one statement made of a candidate."""

    supporter_id: UUID
    is_signed: bool


async def _write(
    connection: AsyncConnection[Any], candidates: Sequence[Candidate], keys: SigningKeys, *, slot: int
) -> dict[UUID, Written]:
    """Write all that belongs to these candidates and tell, by attempt, who they are and who got the slot.

    Tells nothing, and makes supporters only, where one was made meanwhile: by another transaction, or for
    another address of the same mailbox.
    """
    answers = [(c, answer) for c in candidates for answer in c.payload.answers]
    cursor = await connection.execute(
        sql.CONFIRM,
        (
            *_columns(candidates, keys),
            slot,
            uuids([uuid7() for _ in answers]),
            uuids([c.attempt.id for c, _ in answers]),
            bigints([answer.wording_id for _, answer in answers]),
            booleans([answer.is_given for _, answer in answers]),
        ),
        binary=True,
    )
    return {row[0]: Written(*row[1:]) for row in await cursor.fetchall()}


def _columns(candidates: Sequence[Candidate], keys: SigningKeys) -> Iterator[Column]:
    """Give the columns of CONFIRM's `asked`."""
    yield uuids([c.attempt.id for c in candidates])
    yield uuids([c.supporter_id for c in candidates])
    yield bigints([c.confirmation.organisation_id for c in candidates])
    yield byteas(
        [address_seal(c.payload.email, supporter_id=c.supporter_id, sealer=keys.sealer) for c in candidates]
    )
    yield byteas([c.mailbox.live for c in candidates])
    yield byteas([c.mailbox.next for c in candidates])
    yield uuids([c.signature_id for c in candidates])
    yield bigints([c.attempt.petition_id for c in candidates])
    yield bigints([c.attempt.text_id for c in candidates])
    yield byteas([c.name_key for c in candidates])
    yield byteas(
        [
            signature_seal(c.payload.details, signature_id=c.signature_id, sealer=keys.sealer)
            for c in candidates
        ]
    )
    yield texts([c.payload.display for c in candidates])
    yield texts([public_name(c.payload) for c in candidates])
    yield texts([c.payload.details.country for c in candidates])
    yield texts([postcode_area(c.payload) for c in candidates])
    yield texts([c.attempt.locale for c in candidates])
    yield texts([c.attempt.network for c in candidates])
    yield texts([c.attempt.source for c in candidates])
    yield texts([c.attempt.mail_domain for c in candidates])
    yield timestamps([c.confirmation.at for c in candidates])


def _confirmed(written: Mapping[UUID, Written]) -> dict[UUID, Outcome]:
    return {attempt_id: Outcome.CONFIRMED for attempt_id, each in written.items() if each.is_signed}


async def _existing_signatures(
    connection: AsyncConnection[Any], candidates: Sequence[Candidate]
) -> defaultdict[tuple[int, UUID], list[ExistingSignature]]:
    existing: defaultdict[tuple[int, UUID], list[ExistingSignature]] = defaultdict(list)
    async with connection.cursor(row_factory=class_row(ExistingSignature)) as cursor:
        petitions, supporters = (
            bigints([c.attempt.petition_id for c in candidates]),
            uuids([c.supporter_id for c in candidates]),
        )
        await cursor.execute(sql.EXISTING_SIGNATURES, (petitions, supporters))
        async for signature in cursor:
            existing[signature.petition_id, signature.supporter_id].append(signature)
    return existing


def _same_person(candidate: Candidate, existing: Iterable[ExistingSignature]) -> ExistingSignature | None:
    """Find the signature that this attempt made or, in words of the rules, would repeat."""
    signatures = list(existing)
    for signature in signatures:
        if signature.attempt_id == candidate.attempt.id:
            return signature
    for signature in signatures:
        if signature.name_key in candidate.name_keys:
            return signature
    return None


def _is_second_person(candidate: Candidate, existing: Sequence[ExistingSignature]) -> bool:
    """Two people may share a mailbox only where the petition says so, and under two names."""
    has_room = candidate.confirmation.names_per_mailbox > len(existing)
    return has_room and _same_person(candidate, existing) is None


async def _restore_signatures(
    connection: AsyncConnection[Any],
    candidates: Sequence[Candidate],
    existing: Mapping[tuple[int, UUID], Sequence[ExistingSignature]],
) -> dict[UUID, Candidate]:
    """Put back what its own signer withdrew and now signs anew. A moderator's word stands."""
    wanted = {
        signature.id: candidate
        for candidate in candidates
        if (signature := _repeated(candidate, existing[candidate.owner])) is not None
        and signature.withdrawn_by == "signer"
        and signature.attempt_id != candidate.attempt.id
    }
    if not wanted:
        return {}
    ordered = sorted(wanted)
    values = (
        uuids(ordered),
        uuids([uuid7() for _ in ordered]),
        timestamps([wanted[id_].confirmation.at for id_ in ordered]),
    )
    cursor = await connection.execute(sql.RESTORE, values, binary=True)
    return {row[0]: wanted[row[0]] for row in await cursor.fetchall()}


def _repeated(candidate: Candidate, existing: Sequence[ExistingSignature]) -> ExistingSignature | None:
    same = _same_person(candidate, existing)
    return same if same is not None else next(iter(existing), None)


def _outcome_of_repeat(
    candidate: Candidate, existing: Sequence[ExistingSignature], restored: Mapping[UUID, Candidate]
) -> Outcome:
    signature = _repeated(candidate, existing)
    if signature is None or signature.state == "confirmed":
        return Outcome.ALREADY
    if restored.get(signature.id) is candidate:
        return Outcome.RESTORED
    return Outcome.ALREADY if signature.id in restored else Outcome.WITHDRAWN
