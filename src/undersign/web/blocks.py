"""The parts a story is written in."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, RichTextBlock, StreamBlock, StructBlock, TextBlock, URLBlock
from wagtail.images.blocks import ImageBlock

from undersign.web.links import link_validate

# Nothing that could bring somebody else's script, frame or picture onto the page.
WORDS = ["bold", "italic", "link"]
PARAGRAPHS = [*WORDS, "ol", "ul"]
PICTURED = frozenset({"image", "video"})


class QuoteBlock(StructBlock):
    """Somebody's words, set apart."""

    quote = TextBlock(label=_("Quote"))
    attribution = CharBlock(label=_("Who said it"), max_length=200, required=False)

    class Meta:
        icon = "openquote"
        label = _("Quote")


class PictureBlock(StructBlock):
    """A picture with its description and caption."""

    image = ImageBlock(label=_("Picture"))
    caption = CharBlock(label=_("Caption"), max_length=300, required=False)

    class Meta:
        icon = "image"
        label = _("Picture")


class VideoBlock(StructBlock):
    """A picture that links to a video elsewhere: nothing is embedded, so nobody is watched."""

    title = CharBlock(label=_("Title"), max_length=200)
    url = URLBlock(
        label=_("Address of the video"),
        validators=[link_validate],
        help_text=_("Readers see the picture; only those who press it go to the other site."),
    )
    image = ImageBlock(label=_("Picture"))

    class Meta:
        icon = "media"
        label = _("Video")


class StoryBlock(StreamBlock):
    """Why it matters, in headings, paragraphs, quotes, pictures and videos that link out."""

    heading = CharBlock(label=_("Heading"), max_length=200, icon="title")
    paragraph = RichTextBlock(label=_("Paragraph"), features=PARAGRAPHS, icon="pilcrow")
    quote = QuoteBlock()
    image = PictureBlock()
    video = VideoBlock()


def blocks_shown(story: Iterable[Any]) -> Iterator[Any]:
    """Give the blocks of a story without those whose picture somebody deleted since."""
    for block in story:
        if block.block_type not in PICTURED or block.value["image"] is not None:
            yield block
