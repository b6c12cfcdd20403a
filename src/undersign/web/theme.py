"""One accent in, a whole palette out: every colour is derived in OKLCH and its contrast computed.

The ratios are those of WCAG 2.2: 4.5 for text (1.4.3), 3 for the edges of controls (1.4.11).
"""

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache

from coloraide import Color

DEFAULT_ACCENT = "#ffcf00"
TEXT, EDGE = 4.5, 3.0

# Which colour is read on which others, and how well at least.
TEXT_PAIRS: Mapping[str, tuple[str, ...]] = {
    "ink": ("paper", "raised", "tint", "error-tint"),
    "ink-soft": ("paper", "raised", "tint"),
    "on-accent": ("accent",),
    "error": ("paper", "raised", "error-tint"),
    "plaque-text": ("plaque",),
    "plaque-soft": ("plaque",),
}
EDGE_PAIRS: Mapping[str, tuple[str, ...]] = {
    "edge": ("paper", "raised"),
    "focus": ("paper", "raised", "tint"),
    "plaque-focus": ("plaque",),
}
Palette = dict[str, str]


def _hex(lightness: float, chroma: float, hue: float) -> str:
    color = Color("oklch", [lightness, chroma, hue]).fit("srgb", method="oklch-chroma")
    return str(color.convert("srgb").to_string(hex=True, compress=False))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    return float(Color(one).contrast(other))


def _readable(color: str, *, on: Iterable[str], ratio: float, step: float) -> str:
    """Move the lightness of `color` by `step` until it reaches `ratio` on every background."""
    lightness, chroma, hue = _parts(color)
    backgrounds = tuple(on)
    while min(contrast(color, each) for each in backgrounds) < ratio and 0 < lightness < 1:
        lightness = min(1.0, max(0.0, lightness + step))
        color = _hex(lightness, chroma, hue)
    return color


def _parts(color: str) -> tuple[float, float, float]:
    lightness, chroma, hue = Color(color).convert("oklch").coords(nans=False)
    return float(lightness), float(chroma), float(hue)


def _on_accent(accent: str, *, candidates: tuple[str, str]) -> tuple[str, str]:
    """Return the accent and the text on it: the candidate that asks for less change wins."""
    light, dark = candidates
    if contrast(accent, light) >= EDGE:
        return _readable(accent, on=[light], ratio=TEXT, step=-0.005), light
    return _readable(accent, on=[dark], ratio=TEXT, step=0.005), dark


def light_palette(accent: str) -> Palette:
    """Name → hex for daylight."""
    lightness, chroma, hue = _parts(accent)
    tone = min(chroma, 0.008)
    palette = {
        "paper": _hex(0.975, tone * 0.7, hue),
        "raised": "#ffffff",
        "tint": _hex(0.94, min(chroma, 0.03), hue),
        "line": _hex(0.87, tone, hue),
        "ink": _hex(0.18, tone, hue),
        "ink-soft": _hex(0.45, tone, hue),
        "error-tint": _hex(0.955, 0.025, 25),
        "plaque": _hex(0.18, tone, hue),
        "plaque-text": _hex(0.985, tone * 0.7, hue),
        "plaque-soft": _hex(0.8, tone, hue),
        "plaque-focus": "#ffffff",
        "focus": _hex(0.18, tone, hue),
    }
    vivid = _hex(min(max(lightness, 0.35), 0.88), chroma, hue)
    palette["accent"], palette["on-accent"] = _on_accent(vivid, candidates=("#ffffff", palette["ink"]))
    surfaces = [palette[name] for name in ("paper", "raised", "tint")]
    palette["edge"] = _readable(_hex(0.62, tone, hue), on=surfaces, ratio=EDGE, step=-0.005)
    error_on = [palette[name] for name in ("paper", "raised", "error-tint")]
    palette["error"] = _readable(_hex(0.53, 0.21, 27), on=error_on, ratio=TEXT, step=-0.005)
    return palette


def dark_palette(accent: str) -> Palette:
    """Name → hex for the night."""
    lightness, chroma, hue = _parts(accent)
    tone = min(chroma, 0.01)
    palette = {
        "paper": _hex(0.165, tone, hue),
        "raised": _hex(0.215, tone, hue),
        "tint": _hex(0.27, min(chroma, 0.03), hue),
        "line": _hex(0.36, tone, hue),
        "ink": _hex(0.955, tone * 0.5, hue),
        "ink-soft": _hex(0.77, tone, hue),
        "error-tint": _hex(0.25, 0.05, 25),
        "plaque": _hex(0.925, tone, hue),
        "plaque-text": _hex(0.165, tone, hue),
        "plaque-soft": _hex(0.4, tone, hue),
        "plaque-focus": "#000000",
        "focus": _hex(0.955, tone * 0.5, hue),
    }
    surfaces = [palette[name] for name in ("paper", "raised", "tint")]
    vivid = _readable(_hex(max(lightness, 0.5), chroma, hue), on=surfaces, ratio=EDGE, step=0.005)
    # Lighter than daylight's accent, so text on it is dark unless white already reads well.
    on_accent = "#ffffff" if contrast(vivid, "#ffffff") >= TEXT else palette["paper"]
    palette["accent"] = _readable(vivid, on=[on_accent], ratio=TEXT, step=0.005)
    palette["on-accent"] = on_accent
    palette["edge"] = _readable(_hex(0.52, tone, hue), on=surfaces, ratio=EDGE, step=0.005)
    error_on = [palette[name] for name in ("paper", "raised", "error-tint")]
    palette["error"] = _readable(_hex(0.72, 0.17, 25), on=error_on, ratio=TEXT, step=0.005)
    return palette


def _declarations(palette: Palette) -> str:
    return "".join(f"--{name}:{color};" for name, color in sorted(palette.items()))


@lru_cache(maxsize=512)
def theme_css(accent: str) -> str:
    """Return the stylesheet of an organisation's colours for any CSS colour.

    Raises ValueError if `accent` is not a colour.
    """
    light, dark = light_palette(accent), dark_palette(accent)
    return (
        f":root{{color-scheme:light dark;{_declarations(light)}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{_declarations(dark)}}}}}\n"
    )


def theme_version(accent: str) -> str:
    """Ten hex digits that change whenever the stylesheet does, for its address."""
    return hashlib.sha256(theme_css(accent).encode()).hexdigest()[:10]
