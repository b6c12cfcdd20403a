"""Two texts side by side: what changed, and just enough around it to find one's place."""

from collections.abc import Iterator, Mapping
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from undersign.campaigns.diff import FieldDiff, Kind, Paragraph, text_diff, text_paragraphs
from undersign.campaigns.drafts import TextDraft
from undersign.web.presentation.comparison import Change, Gap, Passage, TextPart, Words

LEAD = 24  # words of an unchanged paragraph that are shown beside a changed one
HEADINGS: Mapping[str, str | Promise] = {
    "title": pgettext_lazy("part of a petition", "Title"),
    "ask": pgettext_lazy("part of a petition", "In one sentence"),
    "targets": pgettext_lazy("part of a petition", "Addressed to"),
    "goal": pgettext_lazy("part of a petition", "Goal"),
    "story": pgettext_lazy("part of a petition", "Story"),
    "salutation": pgettext_lazy("part of a petition", "Salutation"),
    "letter": pgettext_lazy("part of a petition", "Letter"),
}
_CHANGES = {Kind.EQUAL: Change.SAME, Kind.INSERTED: Change.ADDED, Kind.DELETED: Change.REMOVED}


def changed_parts(old: TextDraft, new: TextDraft) -> tuple[TextPart, ...]:
    """Return the parts that changed, in the order they are read."""
    return tuple(
        TextPart(HEADINGS[part.name], tuple(_pieces(part)))
        for part in text_diff(old, new)
        if part.has_changed
    )


def whole_parts(draft: TextDraft) -> tuple[TextPart, ...]:
    """Return all that a text says."""
    return tuple(
        TextPart(HEADINGS[name], tuple(_passage(paragraph) for paragraph in paragraphs))
        for name, paragraphs in text_paragraphs(draft).items()
    )


def _pieces(part: FieldDiff) -> Iterator[Passage | Gap]:
    """Show what changed, and of a run of unchanged paragraphs the words next to a change."""
    has_begun = False
    left = len(part.paragraphs)
    for is_changed, run in groupby(part.paragraphs, key=_is_changed):
        paragraphs = list(run)
        left -= len(paragraphs)
        if is_changed:
            yield from (Passage(_shown(paragraph)) for paragraph in paragraphs)
        else:
            texts = ["".join(words.words for words in paragraph) for paragraph in paragraphs]
            yield from _between(texts, is_after=has_begun, is_before=left > 0)
        has_begun = True


def _between(texts: list[str], *, is_after: bool, is_before: bool) -> Iterator[Passage | Gap]:
    """Show the beginning of what stands after a change and the end of what stands before the next one."""
    shown = is_after + is_before
    if len(texts) < shown:
        yield _passage(texts[0])
        return
    if is_after:
        yield _passage(_beginning(texts[0]))
    if len(texts) > shown:
        yield Gap(len(texts) - shown)
    if is_before:
        yield _passage(_end(texts[-1]))


def _beginning(text: str) -> str:
    words = text.split(" ")
    return text if len(words) <= LEAD else " ".join(words[:LEAD]) + " …"


def _end(text: str) -> str:
    words = text.split(" ")
    return text if len(words) <= LEAD else "… " + " ".join(words[-LEAD:])


def _is_changed(paragraph: Paragraph) -> bool:
    return any(segment.kind != Kind.EQUAL for segment in paragraph)


def _shown(paragraph: Paragraph) -> tuple[Words, ...]:
    return tuple(Words(_CHANGES[segment.kind], segment.words) for segment in paragraph)


def _passage(text: str) -> Passage:
    return Passage((Words(Change.SAME, text),))
