"""Patterns of names: what moderators type to find names that look alike."""

import re
import unicodedata
from collections.abc import Callable
from fnmatch import translate

LONGEST = 100


def name_matcher(pattern: str) -> Callable[[str], bool]:
    """Give a test for names, blind to case and spacing.

    `*` stands for anything, `?` for one character; a pattern with neither finds names that contain it.
    """
    wanted = _plain(pattern)
    if not set("*?") & set(wanted):
        return lambda name: wanted in _plain(name)
    # `translate` writes an expression that takes linear time; brackets mean themselves here.
    expression = re.compile(translate(wanted.replace("[", "[[]")))
    return lambda name: expression.match(_plain(name)) is not None


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
