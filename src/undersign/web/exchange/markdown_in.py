"""Markdown read into prose and story blocks. What a page cannot show is refused, never dropped.

HTML is refused: it would otherwise stand in the page as text, or worse, work.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from undersign.web.exchange.errors import Report
from undersign.web.exchange.prose import (
    PLAIN,
    Inline,
    Item,
    Paragraph,
    PointList,
    Prose,
    ProseBlock,
    Run,
    Style,
    inline_of,
    inline_text,
    prose_of,
)
from undersign.web.exchange.story import Block, Heading, Passage, Picture, Quote, Story, Video
from undersign.web.exchange.words import one_line

DEEPEST_LIST = 4
LONGEST_LINE = 200  # characters, of headings, attributions, titles and descriptions
LONGEST_CAPTION = 300
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
DASH = "— "
_NAMES = {
    "html_block": "HTML",
    "html_inline": "HTML",
    "fence": "a block of code",
    "code_block": "a block of code (a line indented by four spaces)",
    "code_inline": "code",
    "hr": "a horizontal line",
    "heading": "a heading",
    "blockquote": "a quote",
    "image": "a picture inside a paragraph",
}


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").disable("text_join")
    # Addresses stay as they are written; is_link judges them.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return parser


_PARSER = _parser()


def is_link(url: str) -> bool:
    """Whether a page may link there: the web, a mail address, or a path of this site."""
    if not url or any(character.isspace() for character in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme in ("http", "https"):
        return bool(parts.hostname)
    return (parts.scheme == "mailto" and "@" in parts.path) or (
        not parts.scheme and not parts.netloc and url.startswith("/") and not url.startswith("/\\")
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a piece of Markdown stands in its file, and where its problems are noted."""

    report: Report
    first_line: int = 1
    key: str = ""

    def refuse(self, node: SyntaxTreeNode, message: str) -> None:
        """Note a problem at the line of a node, or of what holds it."""
        place: SyntaxTreeNode | None = node
        while place is not None and place.is_root is False and place.map is None:
            place = place.parent
        line = None if place is None or place.is_root or not place.map else place.map[0] + self.first_line
        self.report.add(message, line=line, key=self.key)

    def refuse_kind(self, node: SyntaxTreeNode, expected: str) -> None:
        """Note that something stands where it may not."""
        self.refuse(node, f"{_NAMES.get(node.type, node.type)} cannot stand here; expected {expected}")


def prose_read(text: str, reading: Reading) -> Prose:
    """Read paragraphs and lists; anything else is noted as a problem."""
    expected = "paragraphs and lists"
    return prose_of(block for node in _tree(text) for block in _prose_block(node, reading, expected))


def story_read(text: str, reading: Reading) -> Story:
    """Read a story; paragraphs and lists that follow each other make one passage."""
    story: list[Block] = []
    passage: list[ProseBlock] = []
    for node in _tree(text):
        block = _story_block(node, reading)
        if block is None:
            passage += _prose_block(node, reading, "headings with ##, paragraphs, lists, quotes or pictures")
            continue
        story += [*_passage(passage), block]
        passage = []
    return (*story, *_passage(passage))


def _tree(text: str) -> Sequence[SyntaxTreeNode]:
    return SyntaxTreeNode(_PARSER.parse(text)).children


def _passage(blocks: list[ProseBlock]) -> Iterator[Passage]:
    prose = prose_of(blocks)
    if prose:
        yield Passage(prose)


# ---- Paragraphs and lists


def _prose_block(node: SyntaxTreeNode, reading: Reading, expected: str) -> Iterator[ProseBlock]:
    if node.type == "paragraph":
        yield Paragraph(_inline(node, reading))
    elif node.type in ("bullet_list", "ordered_list"):
        yield _points(node, reading, depth=1)
    else:
        reading.refuse_kind(node, expected)


def _points(node: SyntaxTreeNode, reading: Reading, *, depth: int) -> PointList:
    if depth > DEEPEST_LIST:
        reading.refuse(node, f"lists may lie {DEEPEST_LIST} deep, not deeper")
        return PointList(is_numbered=False, items=())
    if node.attrs.get("start", 1) != 1:
        reading.refuse(node, "a numbered list begins with 1")
    items = tuple(_item(child, reading, depth=depth) for child in node.children)
    return PointList(node.type == "ordered_list", items)


def _item(node: SyntaxTreeNode, reading: Reading, *, depth: int) -> Item:
    inline: Inline = ()
    lists: list[PointList] = []
    for index, child in enumerate(node.children):
        if child.type == "paragraph" and index == 0:
            inline = _inline(child, reading)
        elif child.type in ("bullet_list", "ordered_list"):
            lists.append(_points(child, reading, depth=depth + 1))
        elif child.type == "paragraph":
            reading.refuse(child, "a point of a list is one paragraph")
        else:
            reading.refuse_kind(child, "one paragraph, or a list, in each point")
    return Item(inline, tuple(lists))


def _inline(paragraph: SyntaxTreeNode, reading: Reading) -> Inline:
    return inline_of(run for node in paragraph.children for run in _runs(node, PLAIN, reading))


def _runs(node: SyntaxTreeNode, style: Style, reading: Reading) -> Iterator[Run]:
    if node.type in ("text", "text_special"):
        yield Run(node.content, style)
    elif node.type in ("softbreak", "hardbreak"):
        yield Run(" " if node.type == "softbreak" else "\n", style)
    elif node.type in ("inline", "strong", "em", "link"):
        inner = _inner_style(node, style, reading)
        for child in node.children:
            yield from _runs(child, inner, reading)
    else:
        reading.refuse_kind(node, "words, **bold**, _italic_ and [links](https://…)")


def _inner_style(node: SyntaxTreeNode, style: Style, reading: Reading) -> Style:
    if node.type == "strong":
        return style._replace(is_bold=True)
    if node.type == "em":
        return style._replace(is_italic=True)
    if node.type == "inline":
        return style
    href = str(node.attrs.get("href", ""))
    if not is_link(href):
        reading.refuse(node, f"cannot link to “{href[:80]}”; expected https://…, mailto:… or /…")
    if "title" in node.attrs:
        reading.refuse(node, "links have no title")
    return style._replace(href=href)


# ---- The other blocks of a story


def _story_block(node: SyntaxTreeNode, reading: Reading) -> Block | None:
    """Read a block that is no prose, or return None."""
    if node.type == "heading":
        return _heading(node, reading)
    if node.type == "blockquote":
        return _quote(node, reading)
    lone = _lone_child(node)
    if lone is None:
        return None
    if lone.type == "image":
        return _picture(lone, reading)
    inner = [child for child in lone.children if child.type != "text" or child.content]
    if lone.type == "link" and [child.type for child in inner] == ["image"]:
        return _video(lone, inner[0], reading)
    return None


def _lone_child(node: SyntaxTreeNode) -> SyntaxTreeNode | None:
    """Return the only thing in a paragraph."""
    if node.type != "paragraph":
        return None
    parts = [part for part in node.children[0].children if part.type != "text" or part.content.strip()]
    return parts[0] if len(parts) == 1 else None


def _heading(node: SyntaxTreeNode, reading: Reading) -> Heading:
    if node.tag != "h2" or node.markup != "##":
        reading.refuse(node, "headings in a story are written with ## and a space")
    return Heading(_at_most(one_line(inline_text(_plain(node, reading))), LONGEST_LINE, node, reading))


def _at_most(text: str, most: int, node: SyntaxTreeNode, reading: Reading) -> str:
    if len(text) > most:
        reading.refuse(node, f"“{text[:40]}…” has {len(text)} characters; expected at most {most}")
    return text


def _plain(node: SyntaxTreeNode, reading: Reading) -> Inline:
    inline = _inline(node, reading)
    if any(run.style != PLAIN for run in inline):
        reading.refuse(node, "plain words are expected here, without bold, italic or links")
    return inline


def _quote(node: SyntaxTreeNode, reading: Reading) -> Quote:
    texts = []
    attribution = ""
    for index, child in enumerate(node.children):
        if child.type != "paragraph":
            reading.refuse_kind(child, "paragraphs of plain words in a quote")
            continue
        words, said_by = _quoted(child, reading)
        texts += [words] if words else []
        attribution = said_by or attribution
        if said_by and index + 1 < len(node.children):
            reading.refuse(child, "“— who said it” is the last line of a quote")
    if not texts:
        reading.refuse(node, "a quote without words")
    return Quote("\n\n".join(texts), _at_most(attribution, LONGEST_LINE, node, reading))


def _quoted(paragraph: SyntaxTreeNode, reading: Reading) -> tuple[str, str]:
    """Part a quote's paragraph into its words and, where its last line begins with a dash, who said them."""
    _plain(paragraph, reading)
    lines: list[list[SyntaxTreeNode]] = [[]]
    for node in paragraph.children[0].children:
        if node.type in ("softbreak", "hardbreak"):
            lines.append([])
        elif node.type != "text" or node.content:
            lines[-1].append(node)
    last = lines[-1]
    # A dash spelt as an entity is a "text_special" and belongs to the words.
    is_said_by = bool(last) and last[0].type == "text" and last[0].content.startswith(DASH)
    words = [_words(line) for line in (lines[:-1] if is_said_by else lines)]
    return one_line(" ".join(words)), one_line(_words(last)[len(DASH) :]) if is_said_by else ""


def _words(nodes: list[SyntaxTreeNode]) -> str:
    return "".join(node.content for node in nodes if node.type in ("text", "text_special"))


def _picture(node: SyntaxTreeNode, reading: Reading) -> Picture:
    caption = _at_most(one_line(str(node.attrs.get("title", ""))), LONGEST_CAPTION, node, reading)
    return Picture(_file(node, reading), _alt(node, reading), caption)


def _video(link: SyntaxTreeNode, image: SyntaxTreeNode, reading: Reading) -> Video:
    url = str(link.attrs.get("href", ""))
    if not is_link(url) or not url.startswith("https://"):
        reading.refuse(link, "a video is a picture that links to an address with https://")
    if "title" in image.attrs or "title" in link.attrs:
        reading.refuse(link, "a video has a title in its square brackets, and no caption")
    title = _alt(image, reading)
    if not title:
        reading.refuse(link, "a video needs its title in the inner square brackets")
    return Video(_file(image, reading), title, url)


def _file(node: SyntaxTreeNode, reading: Reading) -> str:
    name = str(node.attrs.get("src", ""))
    if not FILE_NAME.fullmatch(name):
        message = f"“{name[:80]}” is no picture beside this file; expected a plain file name like march.jpg"
        reading.refuse(node, message)
    return name


def _alt(node: SyntaxTreeNode, reading: Reading) -> str:
    """Read the description; a picture without one is decoration."""
    alt = one_line(inline_text(run for child in node.children for run in _runs(child, PLAIN, reading)))
    return _at_most(alt, LONGEST_LINE, node, reading)
