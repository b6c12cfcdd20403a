"""A petition page as a document."""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from django.utils.text import slugify
from wagtail.rich_text import expand_db_html

from undersign.campaigns.models import Petition
from undersign.web.blocks import PICTURED, blocks_shown
from undersign.web.exchange.document import (
    ConsentAsked,
    PetitionDocument,
    PetitionSettings,
    Photo,
    SignOff,
    Source,
    Target,
)
from undersign.web.exchange.pictures import focal_of
from undersign.web.exchange.prose import Prose
from undersign.web.exchange.rich_text import prose_from_html
from undersign.web.exchange.story import Block, Heading, Passage, Picture, Quote, Story, Video
from undersign.web.exchange.words import one_line
from undersign.web.models import CampaignImage, PetitionPage

Names = Mapping[int, str]


def document_of_page(page: PetitionPage, names: Names) -> PetitionDocument:
    """Describe `page`; `names` has the file name of each picture, by its primary key."""
    petition = page.petition
    is_first = page.language == petition.default_locale
    return PetitionDocument(
        slug=petition.slug,
        locale=page.language,
        translation_of="" if is_first else petition.default_locale,
        organisation=petition.organisation.slug,
        title=one_line(page.title),
        ask=one_line(page.ask),
        goal=one_line(page.goal),
        photo=_photo(page.photo, names),
        credits=_credits(page, names),
        targets=tuple(map(_target, page.targets.all())),
        salutation=one_line(page.salutation),
        letter=_prose(page.letter),
        story=_story(page.story, names),
        sources=tuple(map(_source, page.sources.all())),
        sign_off=_sign_off(page),
        thank_you=_prose(page.thank_you),
        outcome=_prose(page.outcome),
        settings=_settings(petition) if is_first else None,
    )


def page_pictures(page: PetitionPage) -> list[CampaignImage]:
    """List the pictures of a page, each once, the photo first."""
    images = [page.photo] if page.photo else []
    images += [block.value["image"] for block in blocks_shown(page.story) if block.block_type in PICTURED]
    return list({image.pk: image for image in images if image}.values())


def picture_names(images: Iterable[CampaignImage]) -> dict[int, str]:
    """Give each picture a file name of its own; the same content under the same title shares one."""
    names: dict[int, str] = {}
    owners: dict[str, str] = {}
    for image in images:
        number, name = 1, _file_name(image, 1)
        while owners.setdefault(name, image.file_hash) != image.file_hash:
            number += 1
            name = _file_name(image, number)
        names[image.pk] = name
    return names


def _file_name(image: CampaignImage, number: int) -> str:
    title = image.title if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}", image.title) else ""
    stem = title or slugify(image.title)[:60].strip("-_") or "picture"
    suffix = PurePosixPath(str(image.file.name)).suffix.lower()
    return f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}"


def _prose(html: str) -> Prose:
    return prose_from_html(expand_db_html(html))


def _photo(image: CampaignImage | None, names: Names) -> Photo | None:
    if image is None:
        return None
    return Photo(
        file=names[image.pk],
        alt=one_line(image.alt_text),
        credit=one_line(image.credit),
        focal=focal_of(image),
    )


def _credits(page: PetitionPage, names: Names) -> tuple[tuple[str, str], ...]:
    photo = names[page.photo.pk] if page.photo else ""
    found = {names[image.pk]: one_line(image.credit) for image in page_pictures(page) if image.credit}
    return tuple(sorted((name, credit) for name, credit in found.items() if name != photo))


def _target(row: Any) -> Target:
    return Target(
        name=one_line(row.name),
        role=one_line(row.role),
        organisation=one_line(row.organisation),
        record=one_line(row.record),
    )


def _source(row: Any) -> Source:
    return Source(
        title=one_line(row.title),
        publisher=one_line(row.publisher),
        published_on=row.published_on,
        url=row.url,
    )


def _sign_off(page: PetitionPage) -> SignOff | None:
    if not page.signoff_name:
        return None
    lines = filter(None, map(one_line, page.signoff_words.splitlines()))
    return SignOff(name=one_line(page.signoff_name), role=one_line(page.signoff_role), words="\n".join(lines))


def _story(blocks: Any, names: Names) -> Story:
    """Read the blocks; passages that follow each other become one, as a file would have them."""
    story: list[Block] = []
    for block in blocks_shown(blocks):
        read = _block(block.block_type, block.value, names)
        last = story[-1] if story else None
        if isinstance(read, Passage) and isinstance(last, Passage):
            story[-1] = Passage(last.prose + read.prose)
        elif not (isinstance(read, Passage) and not read.prose):
            story.append(read)
    return tuple(story)


def _block(kind: str, value: Any, names: Names) -> Block:
    if kind == "heading":
        return Heading(one_line(value))
    if kind == "paragraph":
        return Passage(_prose(value.source))
    if kind == "quote":
        return _quote(value)
    image = value["image"]
    if kind == "video":
        return Video(names[image.pk], one_line(value["title"]), value["url"])
    alt = "" if image.decorative else one_line(image.contextual_alt_text or "")
    return Picture(names[image.pk], alt, one_line(value["caption"] or ""))


def _quote(value: Mapping[str, str]) -> Quote:
    paragraphs = filter(None, map(one_line, re.split(r"\r?\n\s*\n", value["quote"])))
    return Quote("\n\n".join(paragraphs), one_line(value["attribution"] or ""))


def _settings(petition: Petition) -> PetitionSettings:
    asks = petition.consent_asks.all()
    return PetitionSettings(
        country=petition.country,
        postcode=petition.postcode,
        phone=petition.phone,
        reason=petition.reason,
        consents=tuple(sorted(ConsentAsked(ask.purpose, ask.channel) for ask in asks)),
        names_per_mailbox=petition.names_per_mailbox,
        closes_at=petition.closes_at,
        retention_days=petition.retention_days,
        state="open" if petition.state == Petition.State.DRAFT else petition.state,
    )
