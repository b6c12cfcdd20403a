"""Plain text as files and pages may hold it."""

import re
import unicodedata

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BREAKS = re.compile("[ \t\r\n\v\f\x1c-\x1f\x85\u2028\u2029]+")


def forbidden_character(text: str) -> str:
    """Name the first character that no text may hold (controls, surrogates, noncharacters), or return ""."""
    found = _FORBIDDEN.search(text)
    return f"U+{ord(found.group()):04X}" if found else ""


def one_line(text: str) -> str:
    """Fold line breaks and repeated spaces into one space each; other kinds of space stay."""
    return _BREAKS.sub(" ", text).strip()


def is_punctuation(character: str) -> bool:
    """Whether CommonMark 0.31 section 2.1 counts it as punctuation (categories P and S)."""
    return unicodedata.category(character)[0] in "PS"
