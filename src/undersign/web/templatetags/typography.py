"""Setting headlines so that the longest word of any language fits a phone."""

import re
from functools import lru_cache

import pyphen
from django import template

register = template.Library()

SOFT_HYPHEN = "\u00ad"
LONG_WORD = re.compile(r"\w{13,}")  # shorter words fit 320 px at the size of a headline


@lru_cache(maxsize=64)
def _hyphenator(language: str) -> pyphen.Pyphen | None:
    known = pyphen.language_fallback(language.replace("-", "_"))
    return pyphen.Pyphen(lang=known, left=4, right=4) if known else None


@register.filter
def soft_hyphens(text: str, language: str) -> str:
    """Return `text` with soft hyphens in its long words, or as it is where no dictionary is known.

    Browsers hyphenate only with dictionaries that many phones and desktops lack.
    """
    hyphenator = _hyphenator(language)
    if hyphenator is None:
        return text
    return LONG_WORD.sub(lambda word: hyphenator.inserted(word.group(), SOFT_HYPHEN), text)
