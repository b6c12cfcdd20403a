"""Erasing again, in a database that was restored, whoever was erased since its backup."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction

from undersign.foundation.keyed_hash import IndexKey
from undersign.foundation.keys import KeyRing
from undersign.foundation.sealing import Sealer
from undersign.signing.payload import address_open
from undersign.supporters.erasure_list import Erasure
from undersign.supporters.mailbox import email_key, parse_address
from undersign.supporters.models import IndexEpoch, Organisation, Supporter, Suppression
from undersign.supporters.services.erasing import supporter_forget


@transaction.atomic
def erasures_replay(*, erasures: Iterable[Erasure], ring: KeyRing, at: datetime) -> int:
    """Forget every supporter on the list and tell how many there were.

    Under the live index epoch they are looked up; for others every address of the organisation is opened and
    hashed. Raises KeyUnknown, AliasRulesUnknown: then nobody has been forgotten.
    """
    live = IndexEpoch.objects.get(state=IndexEpoch.State.LIVE).number
    by_place: defaultdict[tuple[int, int], list[Erasure]] = defaultdict(list)
    for erasure in erasures:
        by_place[erasure.organisation_id, erasure.epoch].append(erasure)
    count = 0
    for (organisation_id, epoch), listed in by_place.items():
        keys = {erasure.email_key for erasure in listed}
        found = _by_live_key if epoch == live else _by_opening
        for supporter in found(organisation_id, keys, ring, epoch):
            supporter_forget(supporter=supporter, at=at)
            count += 1
        _suppress(listed)
    return count


def _by_live_key(organisation_id: int, keys: set[bytes], _ring: KeyRing, _epoch: int) -> list[Supporter]:
    return list(Supporter.objects.filter(organisation_id=organisation_id, email_key__in=keys))


def _by_opening(organisation_id: int, keys: set[bytes], ring: KeyRing, epoch: int) -> Iterator[Supporter]:
    index_key, sealer = ring.index_key(epoch), Sealer(ring)
    for supporter in Supporter.objects.filter(organisation_id=organisation_id).iterator():
        if _key_of(supporter, index_key, sealer) in keys:
            yield supporter


def _key_of(supporter: Supporter, index_key: IndexKey, sealer: Sealer) -> bytes:
    address = address_open(supporter.email_sealed, supporter_id=supporter.pk, sealer=sealer)
    return email_key(parse_address(address), organisation_id=supporter.organisation_id, index_key=index_key)


def _suppress(erasures: Iterable[Erasure]) -> None:
    """Put the erasures back among the mailboxes that are not written to."""
    organisations = set(Organisation.objects.values_list("pk", flat=True))
    epochs = set(IndexEpoch.objects.values_list("pk", flat=True))
    Suppression.objects.bulk_create(
        (
            Suppression(
                organisation_id=erasure.organisation_id,
                email_key=erasure.email_key,
                epoch_id=erasure.epoch,
                reason=Suppression.Reason.ERASED,
                at=erasure.at,
            )
            for erasure in erasures
            if erasure.organisation_id in organisations and erasure.epoch in epochs
        ),
        ignore_conflicts=True,
    )
