"""Compile every catalogue (.po) into the form that Django reads (.mo), when it is newer."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = Path(__file__).resolve().parent.parent / "src" / "undersign" / "locale"


def main() -> None:
    for source in sorted(LOCALES.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            compile_catalogue(source, target)


def compile_catalogue(source: Path, target: Path) -> None:
    """Write `target` in one step, so that a running server never reads half of it."""
    with source.open("rb") as opened:
        catalogue = read_po(opened, locale=source.parent.parent.name, domain=source.stem)
    beside = target.with_suffix(".mo.new")
    with beside.open("wb") as opened:
        write_mo(opened, catalogue)
    beside.replace(target)


if __name__ == "__main__":
    main()
