"""Addresses on allow and block lists while the index key is replaced."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction

from tests.campaigns.conftest import rivers  # noqa: F401 -- a fixture
from tests.moderation.test_lists import entry
from tests.waiting import until
from undersign.config.reindexing import next_index_key, swap
from undersign.foundation.keys import KeyRing, load_keys
from undersign.foundation.models import AuditEntry
from undersign.foundation.sealing import SealBroken, Sealer, seal_context
from undersign.moderation.errors import AlreadyListed
from undersign.moderation.models import ListEntry
from undersign.moderation.services.listing import list_entry_add, listed_address
from undersign.supporters.mailbox import email_key, parse_address
from undersign.supporters.models import IndexEpoch, Organisation
from undersign.supporters.services.epochs import epoch_begin, epochs_freeze

NOW = datetime.now(UTC)
TOMORROW = NOW + timedelta(days=1)
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def add(organisation: Organisation, ring: KeyRing, address: str, **other: object) -> ListEntry:
    new = entry("address", address, **other)
    return list_entry_add(organisation=organisation, entry=new, ring=ring, by=None, at=NOW)


def begin() -> KeyRing:
    """Begin to fill an epoch, as `undersign keys reindex` does."""
    epoch_begin(index_key=next_index_key(settings.KEYS_FILE, at=NOW), at=NOW)
    return load_keys(settings.KEYS_FILE)


def reseal(line: ListEntry, address: str, ring: KeyRing) -> None:
    """Have a line be about another address than it was hashed from: as if the rules had changed since."""
    context = seal_context("list_entry", line.pk)
    line.sealed = Sealer(ring).seal_json({"address": address}, context=context)
    line.save(update_fields=["sealed"])


@pytest.mark.django_db
def test_listed_addresses_follow_the_index_key(rivers: Organisation, ring: KeyRing) -> None:  # noqa: F811
    line = add(rivers, ring, "Mallory+x@gmail.com")
    newer = begin()
    beside = add(rivers, newer, "trudy@mail.example")
    assert beside.index_epoch == 1
    swap(newer, at=NOW)
    line.refresh_from_db()
    mallory = parse_address("mallory@gmail.com")
    assert line.index_epoch == 2
    assert bytes(line.email_key or b"") == email_key(
        mallory, organisation_id=rivers.pk, index_key=newer.index_keys[1]
    )
    assert listed_address(line, Sealer(newer)) == "Mallory+x@gmail.com"
    with pytest.raises(AlreadyListed):
        add(rivers, newer, "mallory@gmail.com", effect="allow")
    assert set(rivers.list_entries.values_list("index_epoch", flat=True)) == {2}


@pytest.mark.django_db
def test_of_lines_about_one_mailbox_the_one_stays_that_holds_for_longest(
    rivers: Organisation,  # noqa: F811
    ring: KeyRing,
) -> None:
    ended = add(rivers, ring, "a@mail.example", effect="allow", expires_at=TOMORROW)
    staying = add(rivers, ring, "b@mail.example", effect="allow")
    blocking = add(rivers, ring, "c@mail.example", effect="block")
    for line in ended, staying, blocking:
        reseal(line, "mallory@mail.example", ring)
    swap(begin(), at=NOW)
    assert rivers.list_entries.get() == staying
    removed = AuditEntry.objects.filter(action="list_entry.removed", organisation_id=rivers.pk)
    assert {entry.subject for entry in removed} == {f"list_entry:{line.pk}" for line in (ended, blocking)}


@pytest.mark.django_db
def test_a_listed_address_that_does_not_open_stops_the_swap(
    rivers: Organisation,  # noqa: F811
    ring: KeyRing,
) -> None:
    whole, broken = add(rivers, ring, "a@mail.example"), add(rivers, ring, "b@mail.example")
    ListEntry.objects.filter(pk=broken.pk).update(sealed=whole.sealed)
    newer = begin()
    with pytest.raises(SealBroken):
        swap(newer, at=NOW)
    assert IndexEpoch.objects.get(state="live").number == 1
    assert set(rivers.list_entries.values_list("index_epoch", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_a_line_written_during_the_swap_has_the_new_key(rivers: Organisation, ring: KeyRing) -> None:  # noqa: F811
    newer = begin()

    def add_elsewhere() -> ListEntry:
        try:
            return add(rivers, newer, "mallory@mail.example")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as elsewhere:
        with transaction.atomic():
            epochs_freeze()
            line = elsewhere.submit(add_elsewhere)
            until(_somebody_waits)
            swap(newer, at=NOW)
        assert line.result().index_epoch == 2


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])
