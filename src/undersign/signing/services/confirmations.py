"""Turning confirmed attempts into supporters, consents, signatures and the count.

A batch is one transaction. Every statement writes its rows sorted by key and the tables always come in
one order, so that batches of several processes that hold the same people cannot deadlock.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from undersign.foundation.columns import (
    bigints,
    booleans,
    byteas,
    integers,
    smallints,
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
        await _find_supporters(connection, candidates, keys)
        outcomes |= await _sign(connection, candidates, keys)
        await _record_answers(connection, candidates)
    return [outcomes.get(c.attempt_id, Outcome.GONE) for c in confirmations]


async def _find_supporters(
    connection: AsyncConnection[Any], candidates: Sequence[Candidate], keys: SigningKeys
) -> None:
    """Give each candidate the supporter its mailbox belongs to, making those that are new."""
    cursor = await connection.execute(
        sql.INSERT_SUPPORTERS,
        (
            uuids([c.supporter_id for c in candidates]),
            bigints([c.confirmation.organisation_id for c in candidates]),
            byteas(
                [
                    address_seal(c.payload.email, supporter_id=c.supporter_id, sealer=keys.sealer)
                    for c in candidates
                ]
            ),
            byteas([c.mailbox.live for c in candidates]),
            byteas([c.mailbox.next for c in candidates]),
            texts([c.attempt.locale for c in candidates]),
            timestamps([c.confirmation.at for c in candidates]),
        ),
        binary=True,
    )
    found = dict(await cursor.fetchall())
    found |= await _known_supporters(connection, [c for c in candidates if c.mailbox.live not in found])
    for candidate in candidates:
        candidate.supporter_id = found[candidate.mailbox.live]


async def _known_supporters(
    connection: AsyncConnection[Any], candidates: Sequence[Candidate]
) -> dict[bytes, UUID]:
    """Find the supporters that were there already, by the live key of their mailbox."""
    if not candidates:
        return {}
    organisations = bigints([c.confirmation.organisation_id for c in candidates])
    live, following = (
        byteas([c.mailbox.live for c in candidates]),
        byteas([c.mailbox.next for c in candidates]),
    )
    cursor = await connection.execute(sql.FIND_SUPPORTERS, (organisations, live, following), binary=True)
    return dict(await cursor.fetchall())


async def _sign(
    connection: AsyncConnection[Any], candidates: Sequence[Candidate], keys: SigningKeys
) -> dict[UUID, Outcome]:
    """Write the signatures that are due, their events and the change of the count."""
    new = await _insert_signatures(connection, candidates, slot=0, keys=keys)
    rest = [c for c in candidates if c.attempt.id not in new]
    restored: dict[UUID, Candidate] = {}
    outcomes = dict.fromkeys(new, Outcome.CONFIRMED)
    if rest:
        existing = await _existing_signatures(connection, rest)
        second = [c for c in rest if _is_second_person(c, existing[c.owner])]
        in_second_slot = await _insert_signatures(connection, second, slot=1, keys=keys)
        outcomes |= dict.fromkeys(in_second_slot, Outcome.CONFIRMED)
        new |= in_second_slot
        repeated = [c for c in rest if c.attempt.id not in outcomes]
        restored = await _restore_signatures(connection, repeated, existing)
        outcomes |= {c.attempt.id: _outcome_of_repeat(c, existing[c.owner], restored) for c in repeated}
    await _record_events(connection, candidates, new, restored)
    return outcomes


async def _insert_signatures(
    connection: AsyncConnection[Any], candidates: Sequence[Candidate], *, slot: int, keys: SigningKeys
) -> set[UUID]:
    """Write signatures into one slot and tell the attempts that got it."""
    if not candidates:
        return set()
    ordered = sorted(candidates, key=lambda c: (c.attempt.petition_id, c.supporter_id.bytes))
    cursor = await connection.execute(
        sql.INSERT_SIGNATURES,
        (
            uuids([c.signature_id for c in ordered]),
            bigints([c.attempt.petition_id for c in ordered]),
            uuids([c.supporter_id for c in ordered]),
            smallints([slot for _ in ordered]),
            uuids([c.attempt.id for c in ordered]),
            bigints([c.attempt.text_id for c in ordered]),
            byteas([c.name_key for c in ordered]),
            byteas(
                [
                    signature_seal(c.payload.details, signature_id=c.signature_id, sealer=keys.sealer)
                    for c in ordered
                ]
            ),
            texts([c.payload.display for c in ordered]),
            texts([public_name(c.payload) for c in ordered]),
            texts([c.payload.details.country for c in ordered]),
            texts([postcode_area(c.payload) for c in ordered]),
            texts([c.attempt.locale for c in ordered]),
            texts([c.attempt.network for c in ordered]),
            texts([c.attempt.source for c in ordered]),
            texts([c.attempt.mail_domain for c in ordered]),
            timestamps([c.confirmation.at for c in ordered]),
        ),
        binary=True,
    )
    return {row[0] for row in await cursor.fetchall()}


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
    cursor = await connection.execute(sql.RESTORE_SIGNATURES, (sorted(wanted),))
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


async def _record_events(
    connection: AsyncConnection[Any],
    candidates: Sequence[Candidate],
    new: set[UUID],
    restored: Mapping[UUID, Candidate],
) -> None:
    changes = [(c.signature_id, "confirmed", c) for c in candidates if c.attempt.id in new]
    changes += [(signature_id, "restored", c) for signature_id, c in restored.items()]
    if not changes:
        return
    await connection.execute(
        sql.INSERT_EVENTS,
        (
            uuids([uuid7() for _ in changes]),
            uuids([id_ for id_, _, _ in changes]),
            texts([kind for _, kind, _ in changes]),
            timestamps([c.confirmation.at for _, _, c in changes]),
        ),
    )
    deltas: defaultdict[int, int] = defaultdict(int)
    for _, _, candidate in changes:
        deltas[candidate.attempt.petition_id] += 1
    await connection.execute(sql.INSERT_DELTAS, (bigints(deltas.keys()), integers(deltas.values())))


async def _record_answers(connection: AsyncConnection[Any], candidates: Sequence[Candidate]) -> None:
    """Append every answer given with the forms; an attempt confirmed again adds none."""
    answers = [(c, answer) for c in candidates for answer in c.payload.answers]
    if not answers:
        return
    answers.sort(key=lambda pair: (pair[0].attempt.id.bytes, pair[1].wording_id))
    await connection.execute(
        sql.INSERT_CONSENTS,
        (
            uuids([uuid7() for _ in answers]),
            uuids([c.supporter_id for c, _ in answers]),
            bigints([answer.wording_id for _, answer in answers]),
            booleans([answer.is_given for _, answer in answers]),
            timestamps([c.confirmation.at for c, _ in answers]),
            texts([f"petition:{c.attempt.petition_id}" for c, _ in answers]),
            uuids([c.attempt.id for c, _ in answers]),
        ),
    )
