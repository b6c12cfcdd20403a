"""A document written onto a petition page. Nothing is saved here but the pictures."""

from collections.abc import Iterator
from typing import Any

from wagtail.rich_text import RichText

from undersign.web.exchange.document import PetitionDocument
from undersign.web.exchange.pictures import Shelf
from undersign.web.exchange.rich_text import prose_html
from undersign.web.exchange.story import Block, Heading, Passage, Quote, Video
from undersign.web.models import PageSource, PageTarget, PetitionPage


def page_fill(page: PetitionPage, *, document: PetitionDocument, shelf: Shelf) -> None:
    """Set every field of `page` that a document has."""
    sign_off = document.sign_off
    page.title = page.draft_title = document.title
    page.ask = document.ask
    page.goal = document.goal
    page.photo = shelf.photo(document.photo) if document.photo else None
    page.salutation = document.salutation
    page.letter = prose_html(document.letter)
    page.story = list(_story(document, shelf))
    page.targets = [
        PageTarget(name=target.name, role=target.role, organisation=target.organisation, record=target.record)
        for target in document.targets
    ]
    page.sources = [
        PageSource(
            title=source.title,
            publisher=source.publisher,
            published_on=source.published_on,
            url=source.url,
        )
        for source in document.sources
    ]
    page.signoff_name = sign_off.name if sign_off else ""
    page.signoff_role = sign_off.role if sign_off else ""
    page.signoff_words = sign_off.words if sign_off else ""
    page.thank_you = prose_html(document.thank_you)
    page.outcome = prose_html(document.outcome)


def _story(document: PetitionDocument, shelf: Shelf) -> Iterator[tuple[str, Any]]:
    credits_by_file = dict(document.credits)
    if document.photo:
        credits_by_file[document.photo.file] = document.photo.credit
    for block in document.story:
        yield _block(block, shelf, credits_by_file)


def _block(block: Block, shelf: Shelf, credits_by_file: dict[str, str]) -> tuple[str, Any]:
    if isinstance(block, Heading):
        return "heading", block.text
    if isinstance(block, Passage):
        return "paragraph", RichText(prose_html(block.prose))
    if isinstance(block, Quote):
        return "quote", {"quote": block.text, "attribution": block.attribution}
    alt = block.title if isinstance(block, Video) else block.alt
    image = shelf.picture(block.file, alt=alt, credit=credits_by_file.get(block.file, ""))
    picture = {"image": image, "alt_text": alt, "decorative": not alt}
    if isinstance(block, Video):
        return "video", {"title": block.title, "url": block.url, "image": picture}
    return "image", {"image": picture, "caption": block.caption}
