"""How an organisation's pages look, as one stylesheet with an address of its own.

The design system and the organisation's colours come in one file: a first visit waits for one request less.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

from django.templatetags.static import static

from undersign.web.theme import theme_css

_NAME = re.compile(r"[0-9a-f]{6}-[0-9a-f]{8}")
_FONT = re.compile(r'url\("\.\./(fonts/[^"]+)"\)')
_SOURCE = Path(__file__).parent / "static/undersign/css/undersign.css"


class ThemeUnknown(LookupError):
    """No stylesheet has this name."""


def theme_path(accent: str) -> str:
    """Give the address of the stylesheet of an accent such as “#0b5d3b”; it changes when the rules do."""
    digest = hashlib.sha256(theme_sheet(accent).encode()).hexdigest()[:8]
    return f"/theme/{accent.removeprefix('#').lower()}-{digest}.css"


def theme_sheet(accent: str) -> str:
    """Return what all organisations share, with the fonts where they are served, and the colours."""
    shared = _FONT.sub(lambda font: f'url("{static(f"undersign/{font[1]}")}")', _shared_source())
    return f"{shared}\n{theme_css(accent)}"


def theme_accent(name: str) -> str:
    """Read the accent from a name. Raises ThemeUnknown for a name that `theme_path` never gives."""
    if not _NAME.fullmatch(name):
        raise ThemeUnknown(name)
    return f"#{name[:6]}"


@cache
def _shared_source() -> str:
    return _SOURCE.read_text(encoding="utf-8")
