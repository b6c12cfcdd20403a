"""What becomes of an accent colour, worked out by the same rules as the public pages."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from undersign.web.models.branding import HEX_COLOUR
from undersign.web.theme import Palette, contrast, dark_palette, light_palette


@dataclass(frozen=True)
class AccentSample:
    """The button to sign on its background, by day or by night."""

    label: str
    paper: str
    accent: str
    on_accent: str
    ratio: float


def accent_samples(accent: str) -> list[AccentSample]:
    """Return the button by day and by night; nothing for no colour. Ratios are WCAG 2.2's."""
    if not re.fullmatch(HEX_COLOUR, accent):
        return []
    return [_sample(_("By day"), light_palette(accent)), _sample(_("By night"), dark_palette(accent))]


def _sample(label: str, palette: Palette) -> AccentSample:
    background, text = palette["accent"], palette["on-accent"]
    return AccentSample(label, palette["paper"], background, text, round(contrast(background, text), 1))
