"""A story as Markdown."""

from functools import singledispatch

from undersign.web.exchange.markdown_in import DASH
from undersign.web.exchange.markdown_out import (
    heading_markdown,
    link_target,
    plain_markdown,
    prose_markdown,
    quoted_title,
)
from undersign.web.exchange.story import Block, Heading, Passage, Picture, Quote, Story, Video


def story_markdown(story: Story) -> str:
    """Write a story, blocks parted by a blank line, without a line feed at the end."""
    return "\n\n".join(map(_block, story))


@singledispatch
def _block(block: Block) -> str:
    raise TypeError(type(block))


@_block.register
def _(block: Heading) -> str:
    return f"## {heading_markdown(block.text)}"


@_block.register
def _(block: Passage) -> str:
    return prose_markdown(block.prose)


@_block.register
def _(block: Quote) -> str:
    paragraphs = [_quoted(words) for words in block.text.split("\n\n")]
    if block.attribution:
        paragraphs.append(DASH + plain_markdown(block.attribution))
    return "\n>\n".join(f"> {paragraph}" for paragraph in paragraphs)


def _quoted(words: str) -> str:
    text = plain_markdown(words)
    return f"&#{ord(DASH[0])};{text[1:]}" if text.startswith(DASH) else text


@_block.register
def _(block: Picture) -> str:
    title = f" {quoted_title(block.caption)}" if block.caption else ""
    return f"![{plain_markdown(block.alt)}]({block.file}{title})"


@_block.register
def _(block: Video) -> str:
    return f"[![{plain_markdown(block.title)}]({block.file})]({link_target(block.url)})"
