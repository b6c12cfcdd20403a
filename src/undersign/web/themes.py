"""An organisation's colours as a stylesheet with an address of its own, since pages have no inline style."""

import hashlib
import re

from undersign.web.theme import theme_css

_NAME = re.compile(r"[0-9a-f]{6}-[0-9a-f]{8}")


class ThemeUnknown(LookupError):
    """No stylesheet has this name."""


def theme_path(accent: str) -> str:
    """Give the address of the stylesheet of an accent such as “#0b5d3b”; it changes when the rules do."""
    digest = hashlib.sha256(theme_css(accent).encode()).hexdigest()[:8]
    return f"/theme/{accent.removeprefix('#').lower()}-{digest}.css"


def theme_named(name: str) -> str:
    """Make the stylesheet of an address. Raises ThemeUnknown for a name that `theme_path` never gives."""
    return theme_css(theme_accent(name))


def theme_accent(name: str) -> str:
    """Read the accent from a name. Raises ThemeUnknown for a name that `theme_path` never gives."""
    if not _NAME.fullmatch(name):
        raise ThemeUnknown(name)
    return f"#{name[:6]}"
