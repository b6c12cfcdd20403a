"""What people signed, in all its versions."""

from collections.abc import Mapping
from itertools import zip_longest

from django.db.models import Count

from undersign.campaigns.drafts import TextDraft
from undersign.campaigns.models import PetitionText
from undersign.campaigns.queries import current_texts, text_history
from undersign.signing.models import Signature
from undersign.web.composition.comparisons import changed_parts, whole_parts
from undersign.web.composition.petitions import petition_frame, petition_path
from undersign.web.composition.removals import removal_views
from undersign.web.models import PetitionPage
from undersign.web.presentation.texts import TextChangedPage, TextVersionsPage, VersionView


def versions_page(page: PetitionPage) -> TextVersionsPage:
    """Compose the page of every version, newest first, each with what it changed of the one before."""
    texts = list(text_history(page.petition, page.language))
    signatures = _signatures_by_version(page.petition_id)
    return TextVersionsPage(
        frame=petition_frame(page, "versions/"),
        petition_title=page.title,
        petition_url=petition_path(page),
        removals=removal_views(page.petition_id),
        versions=tuple(_version(text, older, signatures) for text, older in zip_longest(texts, texts[1:])),
    )


def _version(text: PetitionText, older: PetitionText | None, signatures: dict[int, int]) -> VersionView:
    words = TextDraft.of(text)
    return VersionView(
        number=text.version.number,
        published_on=text.version.made_at.date(),
        signatures=signatures.get(text.version.number, 0),
        changes=changed_parts(TextDraft.of(older), words) if older else None,
        whole=whole_parts(words),
    )


def _signatures_by_version(petition_id: int) -> dict[int, int]:
    confirmed = Signature.objects.filter(petition_id=petition_id, state=Signature.State.CONFIRMED)
    by_text = dict(confirmed.values_list("text_id").annotate(n=Count("id")).values_list("text_id", "n"))
    numbers = PetitionText.objects.filter(id__in=by_text).values_list("id", "version__number")
    counts: dict[int, int] = {}
    for text_id, number in numbers:
        counts[number] = counts.get(number, 0) + by_text[text_id]
    return counts


def text_changed_page(page: PetitionPage, values: Mapping[str, str]) -> TextChangedPage:
    """Compose what somebody sees whose text changed while they were signing; `values` is what they typed."""
    now = current_texts([page.petition_id]).filter(locale=page.language).get()
    read = PetitionText.objects.filter(
        id=_number(values.get("text_version", "")), version__petition=page.petition_id
    ).first()
    words = TextDraft.of(now)
    return TextChangedPage(
        frame=petition_frame(page),
        petition_title=page.title,
        petition_url=petition_path(page),
        changes=changed_parts(TextDraft.of(read), words) if read else (),
        whole=whole_parts(words),
        typed=tuple({**values, "text_version": str(now.id)}.items()),
    )


def _number(text: str) -> int:
    """Read an id that came with a form; what is no number is no text of ours."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0
