"""Attempts that somebody wants confirmed, read back, opened and ready to be written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import class_row

from undersign.foundation.columns import uuids
from undersign.foundation.ids import uuid7
from undersign.foundation.keys import KeyUnknown
from undersign.foundation.sealing import SealBroken
from undersign.foundation.text import initial_form
from undersign.foundation.values import value
from undersign.signing.identity import MailboxKeys, SigningKeys, mailbox_keys, name_keys
from undersign.signing.payload import AttemptPayload, attempt_open
from undersign.signing.services import confirmation_statements as sql

logger = structlog.get_logger(__name__)


@value
class Confirmation:
    """The wish to confirm one attempt of a petition that may be confirmed now."""

    attempt_id: UUID
    petition_id: int
    organisation_id: int
    names_per_mailbox: int
    at: datetime


@value
class StoredAttempt:
    """An attempt as it was read back."""

    id: UUID
    petition_id: int
    text_id: int
    sealed: bytes
    locale: str
    network: str | None
    source: str
    held_reason: str
    mail_domain: str


@dataclass(slots=True)
class Candidate:
    """One attempt on its way to becoming a signature."""

    confirmation: Confirmation
    attempt: StoredAttempt
    payload: AttemptPayload
    mailbox: MailboxKeys
    name_key: bytes
    name_keys: frozenset[bytes]  # the same name in every epoch
    signature_id: UUID = field(default_factory=uuid7)
    supporter_id: UUID = field(default_factory=uuid7)

    @property
    def owner(self) -> tuple[int, UUID]:
        """What one signature per slot is kept to: the petition and the supporter."""
        return self.attempt.petition_id, self.supporter_id


async def attempts_ask_for(
    connection: AsyncConnection[Any], confirmations: Sequence[Confirmation]
) -> AsyncCursor[StoredAttempt]:
    """Ask for the attempts that are still there; in a pipeline the question travels with the next ones."""
    cursor = connection.cursor(binary=True, row_factory=class_row(StoredAttempt))
    return await cursor.execute(sql.READ_ATTEMPTS, (uuids([c.attempt_id for c in confirmations]),))


def candidates_open(
    confirmations: Sequence[Confirmation], attempts: Mapping[UUID, StoredAttempt], keys: SigningKeys
) -> list[Candidate]:
    """Open what can become a signature, once each, sorted by mailbox."""
    wanted = {c.attempt_id: c for c in confirmations}
    opened = (_candidate(wanted[id_], attempt, keys) for id_, attempt in attempts.items())
    return sorted(
        (c for c in opened if c is not None),
        key=lambda c: (c.confirmation.organisation_id, c.mailbox.live, c.attempt.id.bytes),
    )


def _candidate(confirmation: Confirmation, attempt: StoredAttempt, keys: SigningKeys) -> Candidate | None:
    """Open one attempt; None if it is held, does not belong to the petition or cannot be opened now."""
    if attempt.held_reason or attempt.petition_id != confirmation.petition_id:
        return None
    try:
        payload = attempt_open(attempt.sealed, attempt_id=attempt.id, sealer=keys.sealer)
    except (SealBroken, KeyUnknown):
        logger.error("attempt.sealed", attempt_id=str(attempt.id))  # noqa: TRY400 -- a trace would say no more
        return None
    organisation_id = confirmation.organisation_id
    names = name_keys(payload.details.name, organisation_id=organisation_id, keys=keys)
    return Candidate(
        confirmation=confirmation,
        attempt=attempt,
        payload=payload,
        mailbox=mailbox_keys(payload.email, organisation_id=organisation_id, keys=keys),
        name_key=names[keys.index_key.epoch],
        name_keys=frozenset(names.values()),
    )


def public_name(payload: AttemptPayload) -> str:
    """Give the name as its owner chose to show it; empty if not at all."""
    if payload.display == "anonymous":
        return ""
    return payload.details.name if payload.display == "full" else initial_form(payload.details.name)


def postcode_area(payload: AttemptPayload) -> str:
    """Give the part of a postcode that names an area of many thousand people, for counts by place.

    Where a code has two parts, such as in Britain, that is the first; elsewhere its first two characters.
    """
    first, _, second = payload.details.postcode.partition(" ")
    return (first if second else first[:2])[:8].upper()
