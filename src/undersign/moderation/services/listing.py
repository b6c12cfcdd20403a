"""Keeping the allow and block lists of an organisation."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from undersign.foundation.audit import audit_record
from undersign.foundation.changes import change_record
from undersign.foundation.keys import KeyRing
from undersign.foundation.networks import PREFIXES
from undersign.foundation.sealing import Sealer, seal_context
from undersign.moderation.errors import AlreadyListed, NothingToList
from undersign.moderation.models import ListEntry
from undersign.moderation.queries.lists import TOPIC
from undersign.signing.identity import SigningKeys, signing_keys_now
from undersign.supporters.mailbox import AddressInvalid, email_key, parse_address
from undersign.supporters.models import Organisation
from undersign.supporters.queries import Permission, permission_require
from undersign.supporters.services.epochs import epochs_hold

_DOMAIN = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """A line as somebody wrote it. `expires_at` None: until somebody takes it off."""

    effect: str
    kind: str
    value: str
    reason: str
    expires_at: datetime | None = None


def list_entry_add(
    *, organisation: Organisation, entry: NewEntry, ring: KeyRing, by: User | None, at: datetime
) -> ListEntry:
    """Write a line into a list; every process goes by it within two seconds.

    A network is widened to the /24 or /64 that forms are known by, and lines that have ended make room.
    Raises NotAllowed; NothingToList for what is no network, domain or address; AlreadyListed; KeyUnknown.
    """
    permission_require(by=by, permission=Permission.MODERATE, organisation=organisation)
    made = ListEntry(
        organisation=organisation, effect=entry.effect, kind=entry.kind, reason=entry.reason,
        expires_at=entry.expires_at, made_at=at, made_by=by,
    )  # fmt: skip
    try:
        with transaction.atomic():
            epochs_hold()  # or the line would miss a swap that hashes all the others anew
            _FILL[entry.kind](made, entry.value.strip(), signing_keys_now(ring))
            organisation.list_entries.filter(expires_at__lte=at).delete()
            made.save(force_insert=True)
            list_entry_record(made, "list_entry.added", by=by, at=at)
    except IntegrityError as taken:
        raise AlreadyListed from taken
    return made


def list_entry_remove(*, entry: ListEntry, by: User | None, at: datetime) -> None:
    """Take a line off its list. Raises NotAllowed."""
    permission_require(by=by, permission=Permission.MODERATE, organisation=entry.organisation)
    with transaction.atomic():
        list_entry_record(entry, "list_entry.removed", by=by, at=at)
        entry.delete()


def list_entry_record(entry: ListEntry, action: str, *, by: User | None, at: datetime) -> None:
    """Note it without the value, which may be one person's, and have every process read the lists anew."""
    audit_record(
        by=by,
        at=at,
        organisation_id=entry.organisation_id,
        action=action,
        subject=f"list_entry:{entry.pk}",
        detail={"effect": entry.effect, "kind": entry.kind, "reason": entry.reason},
    )
    change_record(topic=TOPIC, at=at)


def listed_address(entry: ListEntry, sealer: Sealer) -> str:
    """Open the address of a line. Raises SealBroken or KeyUnknown."""
    assert entry.sealed is not None  # noqa: S101 -- the check constraint holds it for every address
    return sealer.open_json(entry.sealed, dict[str, str], context=_context(entry))["address"]


def _fill_network(made: ListEntry, value: str, _keys: SigningKeys) -> None:
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        raise NothingToList from None
    shortest = PREFIXES[network.version]
    made.value = str(network.supernet(new_prefix=shortest) if network.prefixlen > shortest else network)


def _fill_domain(made: ListEntry, value: str, _keys: SigningKeys) -> None:
    try:
        made.value = value.lstrip("@.").rstrip(".").lower().encode("idna").decode()
    except UnicodeError:
        raise NothingToList from None
    if not _DOMAIN.fullmatch(made.value):
        raise NothingToList


def _fill_address(made: ListEntry, value: str, keys: SigningKeys) -> None:
    try:
        address = parse_address(value)
    except AddressInvalid:
        raise NothingToList from None
    made.sealed = keys.sealer.seal_json({"address": address.deliver_to}, context=_context(made))
    organisation_id = made.organisation_id
    made.email_key = email_key(address, organisation_id=organisation_id, index_key=keys.index_key)
    made.index_epoch = keys.index_key.epoch


_FILL: Mapping[str, Callable[[ListEntry, str, SigningKeys], None]] = {
    ListEntry.Kind.NETWORK: _fill_network,
    ListEntry.Kind.DOMAIN: _fill_domain,
    ListEntry.Kind.ADDRESS: _fill_address,
}


def _context(entry: ListEntry) -> bytes:
    return seal_context("list_entry", entry.pk)
