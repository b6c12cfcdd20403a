"""From a petition's page, rules and count to what its public page shows."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.utils.safestring import SafeString
from wagtail.rich_text import expand_db_html

from undersign.campaigns.models import Petition
from undersign.campaigns.queries import current_texts
from undersign.signing.queries.counts import counts_shown
from undersign.signing.queries.names import names_newest
from undersign.web.addresses import public_path
from undersign.web.blocks import blocks_shown
from undersign.web.composition.forms import Filled, sign_form
from undersign.web.composition.frames import frame_of
from undersign.web.composition.kept import kept_answers
from undersign.web.composition.pictures import picture_of
from undersign.web.composition.removals import removed_total
from undersign.web.composition.structured_data import petition_json
from undersign.web.markdown import html_clean
from undersign.web.models import PetitionPage
from undersign.web.presentation import petition as shown
from undersign.web.presentation import story as blocks
from undersign.web.presentation.count import CountSlot, ProgressSlot, next_goal
from undersign.web.presentation.frame import Frame
from undersign.web.presentation.names import NamesSlot, SignerView
from undersign.web.presentation.share import ShareView

NEWEST = 12


def petition_page(page: PetitionPage, *, at: datetime, filled: Filled | None = None) -> shown.PetitionPage:
    """Compose the public page of a petition, as it stands at `at`; `filled` is a form that was refused."""
    petition = page.petition
    total = counts_shown([petition.id])[petition.id]
    path = petition_path(page)
    standing = standing_of(page, at)
    can_sign = standing.state is shown.State.OPEN
    picture = picture_of(page.photo) if page.photo else None
    return shown.PetitionPage(
        frame=petition_frame(page),
        title=page.title,
        ask=page.ask,
        goal=page.goal,
        photo=picture,
        photo_url=settings.BASE_URL + picture.src if picture else "",
        targets=tuple(_target(target) for target in page.targets.all()),
        story=tuple(story_blocks(page.story)),
        letter=shown.LetterView(salutation=page.salutation, body=rich_text(page.letter)),
        sources=tuple(_source(source) for source in page.sources.all()),
        sign_off=_sign_off(page),
        standing=standing,
        form=sign_form(page, filled) if can_sign else None,
        kept=kept_answers(filled.values) if filled and not can_sign else (),
        version=_version(page, path, at),
        count=CountSlot(total=total),
        progress=ProgressSlot(total=total, goal=next_goal(total)),
        removed=removed_total(petition.id),
        names=names_slot(petition.id),
        names_url=f"{path}names/",
        count_url=f"{path}count.json",
        share=share_view(page),
        structured_data=petition_json(page, total=total),
    )


def petition_path(page: PetitionPage) -> str:
    """Give the public path of a petition's page."""
    return public_path(f"p/{page.petition.slug}/", language=page.language)


def petition_frame(page: PetitionPage, below: str = "") -> Frame:
    """Make the frame of a petition's page, or of one `below` it such as “names/”, in all its languages."""
    pages = PetitionPage.objects.live().filter(petition_id=page.petition_id)
    languages = {*pages.values_list("language", flat=True), page.language}
    slug = page.petition.slug
    paths = {code: public_path(f"p/{slug}/{below}", language=code) for code in languages}
    organisation = page.petition.organisation
    prefetch_related_objects([organisation], "notices")
    feed = public_path(f"o/{organisation.slug}/feed.xml", language=page.language)
    return frame_of(organisation, language=page.language, paths=paths, feed=feed)


def share_view(page: PetitionPage) -> ShareView:
    """Make the ways of passing a petition on."""
    path = petition_path(page)
    return ShareView(
        url=settings.BASE_URL + path,
        text=page.title,
        qr_url=f"{path}qr.svg",
        mastodon_url=f"{path}share/mastodon",
    )


def names_slot(petition_id: int) -> NamesSlot:
    """Give the newest names of a petition."""
    newest = names_newest(petition_id=petition_id, limit=NEWEST)
    return NamesSlot(newest=tuple(SignerView(name=name.name, signed_at=name.signed_at) for name in newest))


def standing_of(page: PetitionPage, at: datetime) -> shown.Standing:
    """Tell where a petition stands at `at`: its state, or closed since its closing time has come."""
    petition = page.petition
    state, since = _state(petition, at)
    return shown.Standing(
        state=state,
        since=since.date() if since else None,
        words=rich_text(page.outcome)
        if state not in {shown.State.OPEN, shown.State.PAUSED}
        else SafeString(""),
        closes_on=petition.closes_at.date() if petition.closes_at and state is shown.State.OPEN else None,
    )


def _state(petition: Petition, at: datetime) -> tuple[shown.State, datetime | None]:
    ended = {
        Petition.State.CLOSED: shown.State.CLOSED,
        Petition.State.WON: shown.State.WON,
        Petition.State.LOST: shown.State.LOST,
    }
    if petition.state in ended:
        return ended[Petition.State(petition.state)], petition.ended_at
    if petition.closes_at is not None and at >= petition.closes_at:
        return shown.State.CLOSED, petition.closes_at
    paused_since = petition.signing_paused_at or petition.read_only_at
    return (shown.State.PAUSED, paused_since) if paused_since else (shown.State.OPEN, None)


def rich_text(html: str) -> SafeString:
    """Turn Wagtail's rich text into safe HTML."""
    return html_clean(expand_db_html(html))


def story_blocks(story: Iterable[Any]) -> Iterable[blocks.Block]:
    """Turn the story's StreamField into the blocks a page draws."""
    makers: dict[str, Callable[[Any], blocks.Block]] = {
        "heading": blocks.Heading,
        "paragraph": lambda value: blocks.RichText(rich_text(value.source)),
        "quote": lambda value: blocks.Quote(value["quote"], value["attribution"]),
        "image": lambda value: blocks.Image(picture_of(value["image"]), value["caption"]),
        "video": lambda value: blocks.Video(picture_of(value["image"]), value["url"], value["title"]),
    }
    for block in blocks_shown(story):
        yield makers[block.block_type](block.value)


def _target(target: Any) -> shown.TargetView:
    return shown.TargetView(
        name=target.name, role=target.role, organisation=target.organisation, so_far=target.record
    )


def _source(source: Any) -> shown.SourceView:
    return shown.SourceView(
        title=source.title, url=source.url, publisher=source.publisher, published_on=source.published_on
    )


def _sign_off(page: PetitionPage) -> shown.SignOff | None:
    if not page.signoff_name:
        return None
    return shown.SignOff(name=page.signoff_name, role=page.signoff_role, words=page.signoff_words)


def _version(page: PetitionPage, path: str, at: datetime) -> shown.TextVersion:
    text = current_texts([page.petition_id]).filter(locale=page.language).first()
    if text is None:  # a draft that was never published
        return shown.TextVersion(number=1, published_on=at.date(), versions_url=f"{path}versions/")
    made_on = text.version.made_at.date()
    return shown.TextVersion(
        number=text.version.number, published_on=made_on, versions_url=f"{path}versions/"
    )
