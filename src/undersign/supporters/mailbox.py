"""E-mail addresses: check one, and find the mailbox behind it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from undersign.foundation.keyed_hash import IndexKey
from undersign.foundation.values import value
from undersign.supporters.mailbox_rules import ALIAS_RULES_VERSION, LARGE_PROVIDERS, PROVIDERS, Provider

MAX_LENGTH = 254  # octets, RFC 5321 §4.5.3.1.3 with erratum 1690
MAX_LOCAL = 64  # octets, RFC 5321 §4.5.3.1.1

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_DOT_ATOM = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")  # RFC 5322 §3.2.3
# Invisible marks that come along when an address is copied from a page or a chat.
_INVISIBLE = "\u200b\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u2066\u2067\u2068\u2069"

_BY_DOMAIN = {domain: provider for provider in PROVIDERS for domain in provider.domains}


class AddressInvalid(Exception):
    """Mail cannot be sent to this; `code` is "empty", "no_at", "local", "domain" or "too_long"."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class AliasRulesUnknown(Exception):
    """An index key belongs to a version of the address rules that this release does not have."""


@value
class Address:
    """A checked address.

    `as_written` is what the person typed, trimmed; `deliver_to` is what mail is sent to, its domain in ASCII
    (it needs SMTPUTF8 where the name is not ASCII); `canonical` stands for the mailbox, for keyed hashes
    only: never send to it, never show it. `domain` is in ASCII and lower case.
    """

    as_written: str
    deliver_to: str
    canonical: str
    domain: str


def parse_address(text: str) -> Address:
    """Check the syntax of an address and find its mailbox; asks no name server. Raises AddressInvalid."""
    written = text.strip().strip(_INVISIBLE).strip()
    if not written:
        raise AddressInvalid("empty")
    if len(written) > 4 * MAX_LENGTH:
        raise AddressInvalid("too_long")
    name, at, domain_written = written.rpartition("@")
    if not at:
        raise AddressInvalid("no_at")
    local, domain = _local(name), _domain(domain_written)
    deliver_to = f"{local}@{domain}"
    if len(deliver_to.encode()) > MAX_LENGTH:
        raise AddressInvalid("too_long")
    return Address(written, deliver_to, _canonical(local, domain), domain)


def email_key(address: Address, *, organisation_id: int, index_key: IndexKey) -> bytes:
    """Hash the mailbox of an address for one organisation under one index epoch. Gives 32 bytes.

    Raises AliasRulesUnknown if the epoch was begun under other address rules than this release has.
    """
    _check_rules(index_key)
    return index_key.keyed_hash(address.canonical, purpose="email", organisation_id=organisation_id)


@dataclass(frozen=True, slots=True)
class KnownMailbox:
    """What one organisation finds a mailbox by: the `email_key` under each index epoch."""

    organisation_id: int
    keys: Mapping[int, bytes]


def known_mailbox(address: Address, *, organisation_id: int, index_keys: Iterable[IndexKey]) -> KnownMailbox:
    """Hash the mailbox of an address for one organisation under every index key. Raises AliasRulesUnknown."""
    keys = {
        key.epoch: email_key(address, organisation_id=organisation_id, index_key=key) for key in index_keys
    }
    return KnownMailbox(organisation_id, keys)


def instance_mailbox_key(address: Address, *, index_key: IndexKey) -> bytes:
    """Hash the mailbox of an address for the whole instance: for limits that all organisations share.

    Gives 32 bytes, which have nothing in common with any `email_key`. Raises AliasRulesUnknown.
    """
    _check_rules(index_key)
    return index_key.keyed_hash(address.canonical, purpose="mailbox")


def _check_rules(index_key: IndexKey) -> None:
    if index_key.alias_rules != ALIAS_RULES_VERSION:
        problem = f"index epoch {index_key.epoch} needs version {index_key.alias_rules} of the address rules"
        raise AliasRulesUnknown(problem)


def is_large_provider(domain: str) -> bool:
    """Tell whether a domain (ASCII, lower case) has so many mailboxes that it may be stored in clear."""
    return domain in LARGE_PROVIDERS


def _local(name: str) -> str:
    if not name:
        raise AddressInvalid("local")
    if not _DOT_ATOM.fullmatch(name):
        name = _international_local(name)
    if len(name.encode()) > MAX_LOCAL:
        raise AddressInvalid("too_long")
    return name


def _international_local(name: str) -> str:
    try:
        return validate_email(f"{name[: 2 * MAX_LOCAL]}@example.org", check_deliverability=False).local_part
    except EmailNotValidError:
        raise AddressInvalid("too_long" if len(name) > MAX_LOCAL else "local") from None


@lru_cache(maxsize=4096)
def _domain(written: str) -> str:
    """Give the domain in ASCII (IDNA 2008, UTS 46). Cached: the table of a name costs 12 to 60 µs."""
    try:
        return validate_email(f"x@{written}", check_deliverability=False).ascii_domain
    except EmailNotValidError:
        raise AddressInvalid("domain") from None


def _canonical(local: str, domain: str) -> str:
    local = unicodedata.normalize("NFC", local.lower())
    provider, local, domain = _provider(local, domain)
    if provider is None:
        return f"{local}@{domain}"
    return f"{_mailbox_name(local, provider)}@{provider.one_domain or domain}"


def _provider(local: str, domain: str) -> tuple[Provider | None, str, str]:
    """Find the provider of a domain; for a subdomain that is a mailbox, that mailbox."""
    if domain in _BY_DOMAIN:
        return _BY_DOMAIN[domain], local, domain
    first, _, parent = domain.partition(".")
    provider = _BY_DOMAIN.get(parent)
    if provider is not None and provider.has_subdomain_mailboxes:
        return provider, first, parent
    return None, local, domain


def _mailbox_name(local: str, provider: Provider) -> str:
    name = local.partition(provider.tag)[0] if provider.tag else local
    for character in provider.ignored:
        name = name.replace(character, "")
    for variant, standard in provider.equal:
        name = name.replace(variant, standard)
    return name or local  # "+tag@" and "-@" are nobody's mailbox; keep them apart
