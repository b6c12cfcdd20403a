"""The figures of a run as a picture: one bar for each row, with marks for what it must reach and aims at.

Written by hand as SVG: a bar chart is twenty lines, and a plotting library would be sixty megabytes.
"""

from collections.abc import Sequence
from html import escape

from bench.table import Row, Sections, measured

WIDTH, LABEL, BAR, HEIGHT, TOP = 760, 300, 360, 34, 46
INK, MUTED, GOOD, FAIR, BAD = "#1d1d1f", "#6b6b70", "#1b7f4d", "#a66a00", "#b3261e"
COLOURS = {"aim": GOOD, "must": FAIR, "MISSED": BAD}


def plot(sections: Sections, *, caption: str) -> str:
    """Draw the rows that were measured; every bar is scaled so that the aims stand below one another."""
    rows = list(measured(sections))
    height = TOP + HEIGHT * len(rows) + 40
    parts = [part for place, (row, value) in enumerate(rows) for part in _bar(row, value, place)]
    return "\n".join((*_head(caption, height), *parts, *_legend(height), "</svg>", ""))


def _head(caption: str, height: int) -> Sequence[str]:
    return (
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
            f'height="{height}" font-family="system-ui, sans-serif" font-size="13" role="img">'
        ),
        f"<title>{escape(caption)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="24" fill="{INK}" font-weight="600">{escape(caption)}</text>',
    )


def _bar(row: Row, value: float, place: int) -> Sequence[str]:
    """Draw one row. A full bar is twice the aim, or for a cost twice what it may be at most."""
    scale = BAR / (2 * ((row.must if row.is_cost else row.aim) or 1))
    top = TOP + HEIGHT * place
    middle = top + HEIGHT / 2 + 4
    length = min(value * scale, BAR)
    marks = [
        _mark(LABEL + bound * scale, top, colour) for bound, colour in ((row.must, MUTED), (row.aim, INK))
    ]
    return (
        f'<text x="{LABEL - 10}" y="{middle}" fill="{INK}" text-anchor="end">{escape(_label(row))}</text>',
        (
            f'<rect x="{LABEL}" y="{top + 7}" width="{length:.1f}" height="{HEIGHT - 14}" rx="2" '
            f'fill="{COLOURS[row.verdict(value)]}"/>'
        ),
        *marks,
        f'<text x="{LABEL + BAR + 12}" y="{middle}" fill="{INK}">{value:.2f}</text>',
    )


def _label(row: Row) -> str:
    return row.name if row.section == "ratios" else f"{row.section}: {row.name}"


def _mark(x: float, top: int, colour: str) -> str:
    line = f'x1="{x:.1f}" x2="{x:.1f}" y1="{top + 3}" y2="{top + HEIGHT - 3}"'
    return f'<line {line} stroke="{colour}" stroke-width="2"/>'


def _legend(height: int) -> Sequence[str]:
    words = "grey line: must, black line: aim. Green reaches the aim, amber what it must, red neither."
    return (f'<text x="12" y="{height - 14}" fill="{MUTED}" font-size="12">{words}</text>',)
