"""The blocks a story is told in, as a file holds them."""

from dataclasses import dataclass

from undersign.web.exchange.prose import Prose


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: plain words."""

    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Paragraphs and lists between two other blocks."""

    prose: Prose


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody said: plain words, paragraphs parted by a blank line."""

    text: str
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture beside the file."""

    file: str
    alt: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Video:
    """A picture that links to where a video plays."""

    file: str
    title: str
    url: str


Block = Heading | Passage | Quote | Picture | Video
Story = tuple[Block, ...]
