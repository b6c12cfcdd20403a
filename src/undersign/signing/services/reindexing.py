"""Computing everybody's key under the epoch that is being filled, and making the rest follow the swap."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from undersign.foundation.keyed_hash import IndexKey
from undersign.foundation.sealing import Sealer
from undersign.signing.payload import address_open
from undersign.supporters.mailbox import email_key, parse_address
from undersign.supporters.models import Supporter
from undersign.supporters.services.epochs import epochs_freeze

AT_ONCE = 500

# In the order of ids, so the oldest supporter of a mailbox gets the key. Whoever would be second gets none.
FILL = """
UPDATE supporters_supporter s SET email_key_next = fresh.email_key
FROM (
    SELECT DISTINCT ON (organisation_id, email_key) id, organisation_id, email_key
    FROM unnest(%s::uuid[], %s::bigint[], %s::bytea[]) AS given (id, organisation_id, email_key)
    ORDER BY organisation_id, email_key, id
) AS fresh
WHERE s.id = fresh.id AND s.email_key_next IS NULL AND NOT EXISTS (
    SELECT FROM supporters_supporter other
    WHERE other.organisation_id = fresh.organisation_id AND other.email_key_next = fresh.email_key
)
"""

MAILS_FOLLOW = """
UPDATE messaging_outboxmail m SET email_key = s.email_key_next
FROM supporters_supporter s
WHERE m.organisation_id = s.organisation_id AND m.email_key = s.email_key AND s.email_key_next IS NOT NULL
"""

ATTEMPTS_FOLLOW = """
UPDATE signing_attempt a SET email_key = s.email_key_next, index_epoch = %s
FROM supporters_supporter s, campaigns_petition p
WHERE a.petition_id = p.id AND p.organisation_id = s.organisation_id AND a.email_key = s.email_key
AND s.email_key_next IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class SameMailbox:
    """Two supporters who are one under the next epoch; `older` was there first."""

    older: UUID
    younger: UUID
    organisation_id: int


def next_keys_fill(*, index_key: IndexKey, sealer: Sealer) -> Iterator[int]:
    """Give each supporter without one a key under `index_key`, telling how many each batch looked at.

    It can be stopped and begun again at any time. Those who would be second in a mailbox are left without.
    Raises SealBroken or KeyUnknown for an address that does not open.
    """
    last = UUID(int=0)
    while batch := _without_key(after=last):
        _fill(batch, index_key, sealer)
        last = batch[-1].pk
        yield len(batch)


def same_mailboxes(*, index_key: IndexKey, sealer: Sealer) -> list[SameMailbox]:
    """Find for everybody who was left without a key the supporter who has it."""
    found = []
    for supporter in Supporter.objects.filter(email_key_next__isnull=True).order_by("pk"):
        holder = Supporter.objects.filter(
            organisation_id=supporter.organisation_id,
            email_key_next=_key(supporter, index_key, sealer),
        ).first()
        if holder is not None:
            older, younger = sorted((holder.pk, supporter.pk))
            found.append(SameMailbox(older, younger, supporter.organisation_id))
    return found


def next_keys_follow(*, epoch: int) -> None:
    """Have mails and attempts of supporters be found by their next key; the epochs must be frozen.

    So that erasing somebody still finds them after the swap.
    """
    with connection.cursor() as cursor:
        cursor.execute(MAILS_FOLLOW)
        cursor.execute(ATTEMPTS_FOLLOW, [epoch])


def _without_key(*, after: UUID) -> list[Supporter]:
    missing = Supporter.objects.filter(email_key_next__isnull=True, pk__gt=after)
    return list(missing.only("organisation_id", "email_sealed").order_by("pk")[:AT_ONCE])


@transaction.atomic
def _fill(batch: list[Supporter], index_key: IndexKey, sealer: Sealer) -> None:
    keys = [_key(supporter, index_key, sealer) for supporter in batch]
    epochs_freeze()  # for the milliseconds of one statement: no confirmation takes the same key meanwhile
    with connection.cursor() as cursor:
        cursor.execute(FILL, ([s.pk for s in batch], [s.organisation_id for s in batch], keys))


def _key(supporter: Supporter, index_key: IndexKey, sealer: Sealer) -> bytes:
    address = address_open(supporter.email_sealed, supporter_id=supporter.pk, sealer=sealer)
    return email_key(parse_address(address), organisation_id=supporter.organisation_id, index_key=index_key)
