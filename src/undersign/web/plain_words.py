"""What a page says, without how it looks: the words that people put their name to."""

from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import Any

from undersign.campaigns.drafts import TargetDraft, TextDraft
from undersign.web.blocks import blocks_shown
from undersign.web.models import PetitionPage

_OPENING: Mapping[str, str] = {"p": "\n\n", "ul": "\n\n", "ol": "\n\n", "li": "\n- ", "br": "\n"}
_PARAGRAPH_ENDS = frozenset({"p", "ul", "ol"})


class _Words(HTMLParser):
    """Collects text; a link keeps its address, since where it leads is part of what is said."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append(_OPENING.get(tag, ""))
        if tag == "a":
            self._links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _PARAGRAPH_ENDS:
            self.parts.append("\n\n")
        if tag == "a" and self._links and (href := self._links.pop()):
            self.parts.append(f" ({href})")

    def handle_data(self, data: str) -> None:
        self.parts.append(" ".join(data.replace("\n", " ").split(" ")))


def plain_words(html: str) -> str:
    """Return rich text as plain paragraphs with a blank line between them; list items begin with “- ”."""
    words = _Words()
    words.feed(html)
    words.close()
    lines = [" ".join(line.split()) for line in "".join(words.parts).splitlines()]
    paragraphs = "\n".join(lines).split("\n\n")
    return "\n\n".join(paragraph.strip("\n") for paragraph in paragraphs if paragraph.strip())


def text_draft(page: PetitionPage) -> TextDraft:
    """Return the words of the page as a text version keeps them."""
    targets = (
        TargetDraft(name=target.name, role=target.role, organisation=target.organisation)
        for target in page.targets.all()
    )
    return TextDraft(
        title=page.title,
        ask=page.ask,
        goal=page.goal,
        story="\n\n".join(
            filter(None, (_BLOCKS[block.block_type](block.value) for block in blocks_shown(page.story)))
        ),
        salutation=page.salutation,
        letter=plain_words(page.letter),
        targets=tuple(targets),
    )


def _heading(value: str) -> str:
    return f"## {value}"


def _paragraph(value: Any) -> str:
    return plain_words(value.source)


def _quote(value: Mapping[str, str]) -> str:
    attribution = f"\n— {value['attribution']}" if value["attribution"] else ""
    return f"“{value['quote'].strip()}”{attribution}"


def _picture(value: Mapping[str, Any]) -> str:
    said = [value["image"].contextual_alt_text or "", value["caption"]]
    return f"[{' · '.join(filter(None, said))}]" if any(said) else ""


def _video(value: Mapping[str, Any]) -> str:
    return f"[{value['title']} · {value['url']}]"


_BLOCKS: Mapping[str, Callable[[Any], str]] = {
    "heading": _heading,
    "paragraph": _paragraph,
    "quote": _quote,
    "image": _picture,
    "video": _video,
}
