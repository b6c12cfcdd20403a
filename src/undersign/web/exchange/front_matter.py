"""The YAML at the head of a petition file, read with line numbers and without YAML's surprises.

Only the safe loader's node tree is used, so nothing is ever constructed from a tag. Values are read as
they are written: `off` is the word off and `No` is a name, whatever YAML 1.1 makes of them. Aliases,
anchors and tags are refused, so a small file cannot swell in memory.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import yaml

from undersign.web.exchange.errors import Report
from undersign.web.exchange.words import forbidden_character, one_line

MOST_NODES = 4_000
DEEPEST = 6
_FENCE = re.compile(r"---[ \t]*\n")
_CLOSE = re.compile(r"(?m)^(?:---|\.\.\.)[ \t]*$\n?")
_EMPTY = "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True)
class Split:
    """A file parted in two; `body_line` is the line, from 1, on which the Markdown begins."""

    front_matter: str
    body: str
    body_line: int


def split_front_matter(text: str, report: Report) -> Split | None:
    """Part a file at its fences, or note what is missing."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    opening = _FENCE.match(text)
    closing = _CLOSE.search(text, opening.end()) if opening else None
    if opening is None:
        report.add("expected a line of three dashes, then the front matter", line=1)
        return None
    if closing is None:
        report.add("the front matter does not end; expected a second line of three dashes", line=1)
        return None
    return Split(
        text[opening.end() : closing.start()],
        text[closing.end() :],
        text.count("\n", 0, closing.end()) + 1,
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of the front matter, and the key that led to it. Readers note problems and go on."""

    node: yaml.Node
    key: str
    report: Report = field(repr=False)

    @property
    def line(self) -> int:
        """The line in the file, from 1; the fence is the first."""
        return int(self.node.start_mark.line) + 2

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written after the key."""
        return isinstance(self.node, yaml.ScalarNode) and self.node.tag == _EMPTY and self.node.style is None

    def refuse(self, message: str) -> None:
        """Note what is wrong with this value."""
        self.report.add(message, line=self.line, key=self.key)

    def _scalar(self, expected: str) -> str:
        if not isinstance(self.node, yaml.ScalarNode):
            self.refuse(f"expected {expected}, found {_kind(self.node)}")
            return ""
        value = "" if self.is_empty else str(self.node.value)
        forbidden = forbidden_character(value)
        if forbidden:
            self.refuse(f"the character {forbidden} cannot stand in a text")
            return ""
        return value

    def text(self, *, most: int) -> str:
        """Read one line of text, its spaces folded, of at most `most` characters."""
        value = one_line(self._scalar("text"))
        if len(value) > most:
            self.refuse(f"has {len(value)} characters; expected at most {most}")
            return ""
        return value

    def lines(self, *, most: int) -> str:
        """Read plain text that may break into lines; empty lines go."""
        lines = (one_line(line) for line in self.markdown(most=most).split("\n"))
        return "\n".join(line for line in lines if line)

    def markdown(self, *, most: int) -> str:
        """Read text of several lines."""
        value = self._scalar("text").strip("\n")
        if len(value) > most:
            self.refuse(f"has {len(value)} characters; expected at most {most}")
            return ""
        return value

    @property
    def markdown_line(self) -> int:
        """The line on which text of several lines begins."""
        style = self.node.style if isinstance(self.node, yaml.ScalarNode) else None
        return self.line + (1 if style in ("|", ">") else 0)

    def matching(self, pattern: re.Pattern[str], expected: str) -> str:
        """Read a text of a given form."""
        value = self._scalar(expected)
        if not pattern.fullmatch(value):
            self.refuse(f"expected {expected}, found “{value[:60]}”")
            return ""
        return value

    def choice(self, options: Collection[str]) -> str:
        """Read one of a few words."""
        value = self._scalar(f"one of {', '.join(options)}")
        if value not in options:
            self.refuse(f"expected one of {', '.join(options)}; found “{value[:60]}”")
            return ""
        return value

    def whole_number(self, *, least: int, most: int) -> int | None:
        """Read a whole number between two bounds, both included."""
        value = self._scalar("a whole number")
        if re.fullmatch(r"[0-9]{1,6}", value) and least <= int(value) <= most:
            return int(value)
        self.refuse(f"expected a whole number from {least} to {most}, found “{value[:60]}”")
        return None

    def day(self) -> date | None:
        """Read a date."""
        value = self._scalar("a date like 2026-03-31")
        try:
            return date.fromisoformat(value if len(value) == 10 else "")
        except ValueError:
            self.refuse(f"expected a date like 2026-03-31, found “{value[:60]}”")
            return None

    def instant(self) -> datetime | None:
        """Read a date with time and offset from UTC."""
        value = self._scalar("a time like 2026-03-31T18:00+02:00")
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            self.refuse(f"expected a time with its offset like 2026-03-31T18:00+02:00, found “{value[:60]}”")
            return None
        return at

    def entries(self, *, most: int) -> list["Entry"]:
        """Read a list."""
        if self.is_empty:
            return []
        if not isinstance(self.node, yaml.SequenceNode):
            self.refuse(f"expected a list, found {_kind(self.node)}")
            return []
        if len(self.node.value) > most:
            self.refuse(f"has {len(self.node.value)} entries; expected at most {most}")
            return []
        return [Entry(node, f"{self.key}[{i}]", self.report) for i, node in enumerate(self.node.value, 1)]

    def fields(self, known: Collection[str], *, required: Collection[str] = ()) -> dict[str, "Entry"]:
        """Read a mapping whose keys are known; keys left empty count as left out."""
        if not isinstance(self.node, yaml.MappingNode):
            self.refuse(f"expected {', '.join(known)}, each on its line; found {_kind(self.node)}")
            return {}
        found: dict[str, Entry] = {}
        for key_node, node in self.node.value:
            self._field(key_node, node, known=known, found=found)
        present = {name: entry for name, entry in found.items() if not entry.is_empty}
        for name in required:
            if name not in present:
                self.report.add("is missing", line=self.line, key=self._key(name))
        return present

    def _field(
        self, key_node: yaml.Node, node: yaml.Node, *, known: Collection[str], found: dict[str, "Entry"]
    ) -> None:
        name = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
        entry = Entry(node, self._key(name), self.report)
        if name not in known:
            message = f"unknown key; expected one of {', '.join(known)}"
            self.report.add(message, line=int(key_node.start_mark.line) + 2, key=entry.key[:80])
        elif name in found:
            entry.refuse("stands here twice")
        else:
            found[name] = entry

    def _key(self, name: str) -> str:
        return f"{self.key}.{name}".lstrip(".")


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "keys with values"
    return "a list" if isinstance(node, yaml.SequenceNode) else "text"


def read_yaml(text: str, report: Report) -> Entry | None:
    """Read front matter into an entry whose key is empty, or note why not."""
    try:
        _refuse_tricks(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        report.add(f"this is no YAML: {error.problem}", line=mark.line + 2 if mark else None)
        return None
    except yaml.YAMLError as error:
        report.add(f"this is no YAML: {str(error).splitlines()[0]}", line=2)
        return None
    if node is None:
        report.add("the front matter is empty", line=1)
        return None
    return Entry(node, "", report)


def _refuse_tricks(text: str) -> None:
    """Raise for aliases, anchors, tags and anything larger or deeper than a petition."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader), 1):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        for trick in _tricks(event, count=count, depth=depth):
            mark: Any = event.start_mark  # the C reader's marks have a type of their own
            raise yaml.MarkedYAMLError(problem=trick, problem_mark=mark)


def _tricks(event: yaml.Event, *, count: int, depth: int) -> Iterator[str]:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        yield "aliases and anchors (* and &) are not accepted"
    if getattr(event, "tag", None):
        yield "tags (!) are not accepted"
    if count > MOST_NODES:
        yield f"more than {MOST_NODES} values"
    if depth > DEEPEST:
        yield f"nested more than {DEEPEST} deep"
