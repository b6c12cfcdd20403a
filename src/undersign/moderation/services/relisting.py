"""Having the addresses on allow and block lists follow a new index key."""

from datetime import datetime

from django.db.models import F

from undersign.foundation.changes import change_record
from undersign.foundation.keyed_hash import IndexKey
from undersign.foundation.sealing import Sealer
from undersign.moderation.models import ListEntry
from undersign.moderation.queries.lists import TOPIC
from undersign.moderation.services.listing import list_entry_record, listed_address
from undersign.supporters.mailbox import email_key, parse_address

# The first of those that are about one mailbox stays.
_LONGEST_FIRST = (F("expires_at").desc(nulls_first=True), "effect", "pk")


def listed_addresses_follow(*, index_key: IndexKey, sealer: Sealer, at: datetime) -> None:
    """Have every listed address be found by its key under `index_key`; the epochs must be frozen.

    Of lines that turn out to be about one mailbox the one stays that holds for longest, allowing before
    blocking. Raises SealBroken or KeyUnknown for an address that does not open.
    """
    listed = ListEntry.objects.filter(kind=ListEntry.Kind.ADDRESS)
    kept: dict[tuple[int, bytes], ListEntry] = {}
    for entry in listed.order_by(*_LONGEST_FIRST):
        entry.email_key = email_key(
            parse_address(listed_address(entry, sealer)),
            organisation_id=entry.organisation_id,
            index_key=index_key,
        )
        entry.index_epoch = index_key.epoch
        if kept.setdefault((entry.organisation_id, entry.email_key), entry) is not entry:
            list_entry_record(entry, "list_entry.removed", by=None, at=at)
            entry.delete()
    ListEntry.objects.bulk_update(kept.values(), ["email_key", "index_epoch"], batch_size=500)
    change_record(topic=TOPIC, at=at)
