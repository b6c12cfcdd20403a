"""Naming a mail provider where that says nothing about one person."""

from undersign.supporters.mailbox import is_large_provider

OTHER = "other"


def provider_of(address: str) -> str:
    """Give the domain of a large provider, else “other”: a small domain can be one person's."""
    domain = address.rpartition("@")[2].lower()
    return domain if is_large_provider(domain) else OTHER
