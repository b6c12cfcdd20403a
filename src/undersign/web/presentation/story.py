"""The blocks a story is told in."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.safestring import SafeString

from undersign.web.presentation.frame import Picture


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the story."""

    template: ClassVar[str] = "undersign/story/heading.html"
    text: str


@dataclass(frozen=True, slots=True)
class RichText:
    """Paragraphs, lists and links as sanitised HTML."""

    template: ClassVar[str] = "undersign/story/rich_text.html"
    html: SafeString


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody said, and who."""

    template: ClassVar[str] = "undersign/story/quote.html"
    text: str
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in the story."""

    template: ClassVar[str] = "undersign/story/image.html"
    picture: Picture
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Video:
    """A video, shown as a picture that links to where it plays: nothing is embedded from elsewhere."""

    template: ClassVar[str] = "undersign/story/video.html"
    picture: Picture
    url: str
    title: str

    @property
    def site(self) -> str:
        """The host name the link leads to, said before anybody follows it."""
        return self.url.split("/")[2].removeprefix("www.") if self.url.count("/") > 1 else ""


Block = Heading | RichText | Quote | Image | Video
