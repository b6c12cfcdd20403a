"""Prose as the HTML that pages store, and back. Both ways pass through nh3."""

from html import escape
from html.parser import HTMLParser

import nh3

from undersign.web.exchange.markdown_in import is_link
from undersign.web.exchange.prose import (
    Inline,
    Item,
    Paragraph,
    PointList,
    Prose,
    ProseBlock,
    Run,
    Style,
    prose_of,
)

_TAGS = {"p", "ul", "ol", "li", "a", "b", "i", "br"}
_SAME = {"strong": "b", "em": "i"}
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "div"}


def prose_html(prose: Prose) -> str:
    """Write prose as HTML of nothing but p, ul, ol, li, a, b, i and br."""
    html = "".join(map(_block_html, prose))
    return nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, link_rel=None)


def _block_html(block: ProseBlock) -> str:
    return f"<p>{_inline_html(block.inline)}</p>" if isinstance(block, Paragraph) else _points_html(block)


def _points_html(points: PointList) -> str:
    tag = "ol" if points.is_numbered else "ul"
    return f"<{tag}>{''.join(map(_item_html, points.items))}</{tag}>"


def _item_html(item: Item) -> str:
    return f"<li>{_inline_html(item.inline)}{''.join(map(_points_html, item.lists))}</li>"


def _inline_html(inline: Inline) -> str:
    return "".join(map(_run_html, inline))


def _run_html(run: Run) -> str:
    html = escape(run.text, quote=False).replace("\n", "<br>")
    html = f"<i>{html}</i>" if run.style.is_italic else html
    html = f"<b>{html}</b>" if run.style.is_bold else html
    return f'<a href="{escape(run.style.href)}">{html}</a>' if run.style.href else html


def prose_from_html(html: str) -> Prose:
    """Read prose from a page's HTML, in which links lead to addresses and not to Wagtail's page numbers.

    What prose has no form for becomes plain paragraphs; links that no file may hold lose their address.
    """
    builder = _Builder()
    builder.feed(
        nh3.clean(html, tags=_TAGS | _SAME.keys() | _PARAGRAPHS, attributes={"a": {"href"}}, link_rel=None)
    )
    builder.close()
    return builder.prose()


class _Builder(HTMLParser):
    """Gathers runs until a paragraph or point ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[ProseBlock] = []
        self._lists: list[tuple[bool, list[Item]]] = []
        self._runs: list[Run] = []
        self._open: list[tuple[str, str]] = []

    def prose(self) -> Prose:
        """Return what was read."""
        self._end_paragraph()
        return prose_of(self._blocks)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = _SAME.get(tag, tag)
        if tag == "br":
            self._runs.append(Run("\n", self._style()))
        elif tag in ("a", "b", "i"):
            href = dict(attrs).get("href") or ""
            self._open.append((tag, href if is_link(href) else ""))
        elif tag in ("ul", "ol"):
            self._begin_list(is_numbered=tag == "ol")
        elif tag == "li" and self._lists:
            self._lists[-1][1].append(Item(()))
        elif tag in _PARAGRAPHS and not self._lists:
            self._end_paragraph()

    def handle_endtag(self, tag: str) -> None:
        tag = _SAME.get(tag, tag)
        if tag in ("a", "b", "i"):
            self._close_style(tag)
        elif tag in ("ul", "ol") and self._lists:
            self._end_list()
        elif tag == "li":
            self._end_words()
        elif tag in _PARAGRAPHS:
            self._end_paragraph()

    def handle_data(self, data: str) -> None:
        self._runs.append(Run(data.replace("\n", " "), self._style()))

    def _style(self) -> Style:
        hrefs = [href for tag, href in self._open if tag == "a"]
        tags = {tag for tag, _ in self._open}
        return Style(hrefs[-1] if hrefs else "", "b" in tags, "i" in tags)

    def _close_style(self, tag: str) -> None:
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index][0] == tag:
                del self._open[index]
                return

    def _end_words(self) -> None:
        """Give what was gathered to the point that is open."""
        runs, self._runs = self._runs, []
        items = self._lists[-1][1] if self._lists else []
        if items:
            items[-1] = Item((*items[-1].inline, *runs), items[-1].lists)

    def _end_paragraph(self) -> None:
        if self._lists:
            self._runs.append(Run(" "))
            return
        runs, self._runs = self._runs, []
        self._blocks.append(Paragraph(tuple(runs)))

    def _begin_list(self, *, is_numbered: bool) -> None:
        if self._lists:
            self._end_words()
        else:
            self._end_paragraph()
        self._lists.append((is_numbered, []))

    def _end_list(self) -> None:
        self._end_words()
        is_numbered, items = self._lists.pop()
        points = PointList(is_numbered, tuple(items))
        if self._lists and self._lists[-1][1]:
            below = self._lists[-1][1]
            below[-1] = Item(below[-1].inline, (*below[-1].lists, points))
        else:
            self._blocks.append(points)
