"""Giving everybody a key under a new index epoch, while the site runs; see docs/mechanisms/keys.md."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.db import transaction

from undersign.config.progress import progress_bar
from undersign.foundation.keyed_hash import IndexKey
from undersign.foundation.keys import KeyRing, add_index_epoch, load_keys
from undersign.foundation.sealing import Sealer
from undersign.moderation.services.relisting import listed_addresses_follow
from undersign.signing.services.merging import supporters_merge
from undersign.signing.services.reindexing import (
    SameMailbox,
    next_keys_fill,
    next_keys_follow,
    same_mailboxes,
)
from undersign.supporters.errors import EpochStateError
from undersign.supporters.mailbox_rules import ALIAS_RULES_VERSION
from undersign.supporters.models import IndexEpoch, Organisation, Supporter
from undersign.supporters.services.epochs import epoch_filling, epoch_swap, epochs_freeze


def next_index_key(path: Path, *, at: datetime) -> IndexKey:
    """Make the key of the next epoch, or take the one that a command stopped before it began had made."""
    taken = set(IndexEpoch.objects.values_list("number", flat=True))
    newest = load_keys(path).index_keys[-1]
    if newest.epoch > max(taken) and newest.alias_rules == ALIAS_RULES_VERSION:
        return newest
    return add_index_epoch(path, alias_rules=ALIAS_RULES_VERSION, at=at).index_keys[-1]


def filling_key(ring: KeyRing) -> IndexKey:
    """Find the key of the epoch that is being filled. Raises EpochStateError, KeyUnknown."""
    epoch = epoch_filling()
    if epoch is None:
        raise EpochStateError("No index epoch is being filled: begin one without --continue.")
    return ring.index_key(epoch.number)


def fill_all(ring: KeyRing) -> list[SameMailbox]:
    """Fill until everybody has a key, and give those who cannot have one of their own."""
    index_key, sealer = filling_key(ring), Sealer(ring)
    done = 0
    with progress_bar("Looked at", total=_unfilled()) as progress:
        for size in next_keys_fill(index_key=index_key, sealer=sealer):
            done += size
            progress(done)
    return same_mailboxes(index_key=index_key, sealer=sealer)


def by_organisation(pairs: list[SameMailbox]) -> Mapping[str, int]:
    """Count pairs by the name of their organisation."""
    names = dict(Organisation.objects.values_list("pk", "name"))
    return Counter(names[pair.organisation_id] for pair in pairs)


def merge_all(pairs: list[SameMailbox], ring: KeyRing, *, at: datetime) -> int:
    """Join each pair, each in a transaction of its own; tell how many double signatures went.

    Of more than two in one mailbox, a pair whose supporter is joined already waits for the next round.
    """
    sealer, removed = Sealer(ring), 0
    joined: set[object] = set()
    for pair in pairs:
        if joined.isdisjoint((pair.older, pair.younger)):
            removed += supporters_merge(older_id=pair.older, younger_id=pair.younger, sealer=sealer, at=at)
            joined |= {pair.older, pair.younger}
    return removed


@transaction.atomic
def swap(ring: KeyRing, *, at: datetime) -> int:
    """Look everybody up under the filled epoch from now on; give its number. Confirmations wait meanwhile.

    Raises EpochStateError where somebody has no key yet, SealBroken or KeyUnknown for an address on a list
    that does not open: then nothing has changed.
    """
    epochs_freeze()
    index_key = filling_key(ring)
    next_keys_follow(epoch=index_key.epoch)
    listed_addresses_follow(index_key=index_key, sealer=Sealer(ring), at=at)
    return epoch_swap(at=at).number


def _unfilled() -> int:
    return Supporter.objects.filter(email_key_next__isnull=True).count()
