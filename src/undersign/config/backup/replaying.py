"""Erasing again, in a database that was restored, whoever was erased since its backup."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.db import transaction

from undersign.foundation.keyed_hash import IndexKey
from undersign.foundation.keys import KeyRing
from undersign.foundation.sealing import Sealer
from undersign.signing.payload import address_open
from undersign.supporters.erasure_list import Erasure
from undersign.supporters.mailbox import email_key, parse_address
from undersign.supporters.models import IndexEpoch, Organisation, Supporter, Suppression
from undersign.supporters.services.erasing import mailboxes_forget, supporter_forget


@transaction.atomic
def erasures_replay(*, erasures: Iterable[Erasure], ring: KeyRing, at: datetime) -> int:
    """Forget everybody on the list and tell how many supporters there were.

    Forms and mails that waited go too, so that nothing is confirmed or sent that the backup had. Whoever came
    back after being erased stays. Under the live index epoch people are looked up; for others every address
    of the organisation is opened and hashed, and forms, which last some days, are left to go by themselves.
    Raises KeyUnknown, AliasRulesUnknown: then nobody has been forgotten.
    """
    live = IndexEpoch.objects.get(state=IndexEpoch.State.LIVE).number
    by_place: defaultdict[tuple[int, int], list[Erasure]] = defaultdict(list)
    for erasure in erasures:
        by_place[erasure.organisation_id, erasure.epoch].append(erasure)
    count = 0
    for (organisation_id, epoch), listed in by_place.items():
        until = _last_erased(listed)
        mailboxes_forget(organisation_id=organisation_id, until=until)
        found = _by_live_key if epoch == live else _by_opening
        for supporter in found(organisation_id, until, ring, epoch):
            supporter_forget(supporter=supporter, at=at)
            count += 1
        _suppress(listed)
    return count


Until = Mapping[bytes, datetime]


def _last_erased(erasures: Iterable[Erasure]) -> Until:
    """Tell for each mailbox when it was erased last."""
    until: dict[bytes, datetime] = {}
    for erasure in erasures:
        until[erasure.email_key] = max(erasure.at, until.get(erasure.email_key, erasure.at))
    return until


def _by_live_key(organisation_id: int, until: Until, _ring: KeyRing, _epoch: int) -> list[Supporter]:
    found = Supporter.objects.filter(organisation_id=organisation_id, email_key__in=list(until))
    return [supporter for supporter in found if supporter.created_at <= until[bytes(supporter.email_key)]]


def _by_opening(organisation_id: int, until: Until, ring: KeyRing, epoch: int) -> Iterator[Supporter]:
    index_key, sealer = ring.index_key(epoch), Sealer(ring)
    for supporter in Supporter.objects.filter(organisation_id=organisation_id).iterator():
        erased_at = until.get(_key_of(supporter, index_key, sealer))
        if erased_at is not None and supporter.created_at <= erased_at:
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
