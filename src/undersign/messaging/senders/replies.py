"""Reading what mail servers answer: RFC 5321 §4.2 reply codes and RFC 3463 enhanced status codes."""

import re

from undersign.messaging.senders.outcome import Fate, Outcome

MAX_WORDS = 300
_ADDRESS = re.compile(r"<?[^\s<>\"'(),;:]+@[^\s<>\"'(),;]+>?")
_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")

# RFC 3463 §3.2 and RFC 7505: the mailbox or its domain does not exist, or takes no mail at all.
_NOWHERE = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"}


def outcome_of_reply(code: int, text: bytes | str, *, recipient: str) -> Outcome:
    """Read a server's refusal of one recipient or one message."""
    words = _decoded(text)
    said = f"{code} {without_address(words, recipient=recipient)}"[:MAX_WORDS]
    if code < 500:
        return Outcome(Fate.LATER, said)
    return Outcome(Fate.NO_MAILBOX if says_no_mailbox(words) else Fate.REFUSED, said)


def says_no_mailbox(words: str) -> bool:
    """Tell whether a server's words mean that nothing should be sent to this mailbox again."""
    return enhanced_code(words) in _NOWHERE


def enhanced_code(words: str) -> str:
    """Find the enhanced status code, such as `5.1.1`; empty if there is none."""
    found = _ENHANCED.search(words)
    return found.group(0) if found else ""


def without_address(words: str, *, recipient: str) -> str:
    """Take every address out of a server's words, and the recipient's name before the @ as well."""
    local = recipient.partition("@")[0]
    cleared = _ADDRESS.sub("…", words)
    for private in (recipient, local):
        cleared = re.sub(rf"(?<!\w){re.escape(private)}(?!\w)", "…", cleared, flags=re.IGNORECASE)
    return " ".join(cleared.split())


def _decoded(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
