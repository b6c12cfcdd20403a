"""Places in a page that change without rendering it: `<!--slot:count-->7<!--/slot:count-->`."""

import re

_SLOT = re.compile(rb"<!--slot:(?P<name>[a-z0-9_.:-]+)-->(?P<content>.*?)<!--/slot:(?P=name)-->", re.DOTALL)


class Segments:
    """A body cut at its slots once, so that filling them is a join. Slots do not nest; markers stay."""

    __slots__ = ("_parts", "_places")

    def __init__(self, body: bytes) -> None:
        self._parts: list[bytes] = []
        self._places: dict[str, list[int]] = {}
        start = 0
        for slot in _SLOT.finditer(body):
            self._parts += [body[start : slot.start("content")], slot["content"]]
            self._places.setdefault(slot["name"].decode(), []).append(len(self._parts) - 1)
            start = slot.end("content")
        self._parts.append(body[start:])

    def fill(self, name: str, content: bytes) -> bool:
        """Put `content` wherever the slot `name` occurs; tell whether that changed anything."""
        places = [place for place in self._places.get(name, ()) if self._parts[place] != content]
        for place in places:
            self._parts[place] = content
        return bool(places)

    def join(self) -> bytes:
        """Return the body as it reads now."""
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
