"""The demo's signatures, made by the services that make every signature."""

from collections.abc import Sequence
from typing import Any

from psycopg import AsyncConnection

from undersign.signing.identity import SigningKeys
from undersign.signing.payload import Answer, AttemptPayload, Circumstances, SignerDetails
from undersign.signing.queries.petitions import AskedConsent, SignablePetition
from undersign.signing.services.attempts import NewAttempt, attempt_new, attempts_write
from undersign.signing.services.candidates import Confirmation
from undersign.signing.services.confirmations import signatures_confirm
from undersign.web.demo.people import Person

BATCH = 250
LAST_ONES = 60  # these are confirmed one by one, so that the list stands in the order of time

DROP_MAILS = b"DELETE FROM messaging_outboxmail WHERE cause_id = ANY(%s)"


async def demo_signatures(
    connection: AsyncConnection[Any],
    signers: Sequence[Person],
    *,
    petition: SignablePetition,
    keys: SigningKeys,
) -> int:
    """Have `signers`, oldest first, sign and confirm in the caller's transaction; return how many.

    Their mails are taken out of the outbox before anybody else can see them.
    """
    attempts = [_attempt(person, petition, keys) for person in signers]
    for start in range(0, len(attempts), BATCH):
        await attempts_write(connection, attempts[start : start + BATCH])
    await connection.execute(DROP_MAILS, ([attempt.id for attempt in attempts],))
    old, new = attempts[:-LAST_ONES], attempts[-LAST_ONES:]
    batches = [old[start : start + BATCH] for start in range(0, len(old), BATCH)]
    for batch in [*batches, *([attempt] for attempt in new)]:
        await signatures_confirm(connection, [_confirmation(a, petition) for a in batch], keys=keys)
    return len(attempts)


def _attempt(person: Person, petition: SignablePetition, keys: SigningKeys) -> NewAttempt:
    texts = [text for text in petition.texts.values() if text.superseded_at is None]
    text = texts[len(person.name) % len(texts)]
    circumstances = Circumstances(text_id=text.id, locale=text.locale, source=person.source)
    payload = AttemptPayload(
        email=person.email,
        display=person.display,
        details=SignerDetails(
            name=person.name,
            country=person.country if petition.fields["country"] != "off" else "",
            reason=person.reason if petition.fields["reason"] != "off" else "",
        ),
        answers=tuple(
            Answer(wordings[0], is_given=len(person.email) % 5 == 0)
            for asked in petition.consents
            if (wordings := _wordings(asked, text.locale))
        ),
    )
    return attempt_new(payload, circumstances, petition=petition, keys=keys, at=person.at)


def _wordings(asked: AskedConsent, locale: str) -> tuple[int, ...]:
    """Nobody in the demo gave a phone number, so nobody was asked about messages to it."""
    return asked.wordings.get(locale, ()) if asked.channel == "email" else ()


def _confirmation(attempt: NewAttempt, petition: SignablePetition) -> Confirmation:
    return Confirmation(
        attempt_id=attempt.id,
        petition_id=petition.id,
        organisation_id=petition.organisation_id,
        names_per_mailbox=petition.names_per_mailbox,
        at=attempt.at,
    )
