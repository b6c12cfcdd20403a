import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersign.web import theme

STATIC = Path(theme.__file__).parent / "static/undersign"
accents = st.integers(min_value=0, max_value=0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(accent=accents)
@pytest.mark.parametrize("palette_of", [theme.light_palette, theme.dark_palette])
def test_every_pair_is_readable_whatever_accent_an_organisation_chooses(
    palette_of: Callable[[str], theme.Palette], accent: str
) -> None:
    palette = palette_of(accent)
    for pairs, ratio in ((theme.TEXT_PAIRS, theme.TEXT), (theme.EDGE_PAIRS, theme.EDGE)):
        for name, backgrounds in pairs.items():
            for background in backgrounds:
                assert theme.contrast(palette[name], palette[background]) >= ratio, (name, background)


def test_an_accent_that_already_reads_well_is_kept() -> None:
    assert theme.light_palette("#ffcf00")["accent"] == "#ffcf00"


def test_the_stylesheet_has_a_light_and_a_dark_value_for_every_colour_the_design_uses() -> None:
    used = set(re.findall(r"var\(--([a-z-]+)[,)]", (STATIC / "css/undersign.css").read_text()))
    own = set(re.findall(r"--([a-z0-9-]+):", (STATIC / "css/undersign.css").read_text()))
    light, dark = theme.theme_css("#7a3cff").split("@media")
    for name in used - own:
        assert f"--{name}:" in light
        assert f"--{name}:" in dark


def test_pages_without_an_organisation_have_the_default_colours() -> None:
    assert (STATIC / "css/default-theme.css").read_text() == theme.theme_css(theme.DEFAULT_ACCENT)


def test_another_accent_has_another_address() -> None:
    assert theme.theme_version("#00875a") != theme.theme_version("#7a3cff")


def test_what_is_not_a_colour_is_refused() -> None:
    with pytest.raises(ValueError, match="bluish"):
        theme.theme_css("bluish; } body { display: none")
