"""Masks what could name a person or open a link, in any text on its way to the log.

It errs on the side of masking. What it must leave readable: words, names of modules and events, file
paths, instants, UUIDs (ids are no secrets) and the loopback addresses.
"""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

_PERSONAL = frozenset(
    {
        "address",
        "authorization",
        "cookie",
        "display_name",
        "email",
        "full_name",
        "given_name",
        "ip",
        "name",
        "password",
        "phone",
        "postcode",
        "query",
        "query_string",
        "reason_text",
        "recipient",
        "secret",
        "token",
    }
)
_AT = r"(?:@|%40|\uff20|\ufe6b)"
_QUOTED_MAILBOX = re.compile(rf'"[^"\n]{{1,200}}"{_AT}\S+')
_MAILBOX = re.compile(rf"[^\s<>\"(),;]{_AT}[^\s<>\"(),;]")
_RUN = re.compile(r"[^\s<>\"(),;]+")
_SERVER_DETAIL = re.compile(r"^(\s*(?:DETAIL|CONTEXT|STATEMENT|QUERY):).*$", re.MULTILINE)
_QUERY = re.compile(r"\?[^\s\"'<>]+")
_LINK = re.compile(
    r"(/(?:confirm|unsubscribe|again|resend|withdraw|data|export|erase|thanks|download)/)[^/\s\"'?]+"
)
_LONG = re.compile(r"[A-Za-z0-9_-]{20,}")
_WORDS = re.compile(
    r"[_-]*(?:[a-z]+\d{0,3}(?:[_-]+[a-z]+\d{0,3})*|[A-Z]+\d{0,3}(?:[_-]+[A-Z]+\d{0,3})*|(?:[A-Z][a-z]{2,})+)[_-]*"
)
_DASHES = re.compile(r"[_-]+")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NETWORK = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F.]{0,15}){2,8})(?![\w:])"
)
_PHONE = re.compile(r"(?<!\w)\+\d[\d ().-]{6,20}\d")


def redact(value: Any) -> Any:
    """Return `value` with every text in it masked; other objects become masked text too."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {redact_text(str(key)): redact_field(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(item) for item in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return redact_text(bytes(value).decode("utf-8", "backslashreplace"))
    return redact_text(value if isinstance(value, str) else repr(value))


def redact_field(name: str, value: Any) -> Any:
    """Return `value` masked, wholly if a field of that name holds personal data."""
    return "[personal]" if name.lower() in _PERSONAL and value is not None else redact(value)


def redact_text(text: str) -> str:
    """Return `text` without mailboxes, network addresses, phone numbers, query strings and tokens."""
    text = _SERVER_DETAIL.sub(r"\1 [masked]", text)
    text = _QUOTED_MAILBOX.sub("[mailbox]", text)
    text = _RUN.sub(_mask_mailbox, text)
    text = _QUERY.sub("?[masked]", text)
    text = _LINK.sub(r"\1[token]", text)
    text = _LONG.sub(_mask_token, text)
    text = _NETWORK.sub(_mask_network, text)
    return _PHONE.sub("[phone]", text)


def _mask_mailbox(run: re.Match[str]) -> str:
    return "[mailbox]" if _MAILBOX.search(run[0]) else run[0]


def _mask_token(run: re.Match[str]) -> str:
    text = run[0]
    is_readable = _WORDS.fullmatch(text) or _UUID.fullmatch(text) or _DASHES.fullmatch(text)
    return text if is_readable else "[token]"


def _mask_network(run: re.Match[str]) -> str:
    try:
        address = ipaddress.ip_address(run[0].rstrip("."))
    except ValueError:
        return run[0]
    return run[0] if address.is_loopback or address.is_unspecified else "[network]"
