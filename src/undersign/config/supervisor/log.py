"""One readable log of all parts: each line says which part it is from."""

import sys
from itertools import cycle
from typing import TextIO

WIDTH = 9  # of the longest name, "undersign"
COLOURS = ("36", "35", "33", "32", "34")  # cyan, magenta, yellow, green, blue: no red, nothing is wrong


class MergedLog:
    """Writes whole lines to one stream, in colour where somebody watches."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        self._colours = cycle(COLOURS)
        self._colour_of: dict[str, str] = {}
        self._is_coloured = stream.isatty()

    def write(self, part: str, text: str) -> None:
        """Write what a part says, one prefix for each of its lines."""
        for line in text.splitlines() or [""]:
            self._stream.write(f"{self._prefix(part)} {line.rstrip()}\n")
        self._stream.flush()

    def _prefix(self, part: str) -> str:
        padded = f"{part:<{WIDTH}} |"
        if not self._is_coloured:
            return padded
        colour = self._colour_of.setdefault(part, next(self._colours))
        return f"\x1b[{colour}m{padded}\x1b[0m"
