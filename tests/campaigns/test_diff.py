"""Readers see what changed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.steps import steps_of
from undersign.campaigns.diff import BUDGET, FieldDiff, Kind, Segment, text_diff
from undersign.campaigns.drafts import TargetDraft, TextDraft

OLD = TextDraft(title="Open the weir", ask="Open it.", story="It is old.\n\nIt is shut.\n\nFish die.")


def part(name: str, old: TextDraft, new: TextDraft) -> FieldDiff:
    return next(diff for diff in text_diff(old, new) if diff.name == name)


def side(diff: FieldDiff, left_out: Kind) -> list[str]:
    paragraphs = (
        "".join(part.words for part in paragraph if part.kind != left_out) for paragraph in diff.paragraphs
    )
    return [word for paragraph in paragraphs for word in paragraph.split()]


def test_a_changed_word_is_shown_between_those_that_stayed() -> None:
    diff = part("title", OLD, replace(OLD, title="Open the dam"))
    assert diff.paragraphs == (
        (
            Segment(Kind.EQUAL, "Open the "),
            Segment(Kind.DELETED, "weir"),
            Segment(Kind.INSERTED, "dam"),
        ),
    )


def test_paragraphs_stay_beside_each_other() -> None:
    diff = part(
        "story", OLD, replace(OLD, story="It is old.\n\nNobody asked us.\n\nIt is shut.\n\nFish die.")
    )
    assert [[segment.kind for segment in paragraph] for paragraph in diff.paragraphs] == [
        [Kind.EQUAL],
        [Kind.INSERTED],
        [Kind.EQUAL],
        [Kind.EQUAL],
    ]


def test_another_target_is_a_change() -> None:
    new = replace(OLD, targets=(TargetDraft(name="Cleo Marsh", role="Minister"),))
    assert part("targets", OLD, new).has_changed
    assert not part("title", OLD, new).has_changed


def test_text_without_spaces_is_compared_by_character() -> None:
    diff = part("title", replace(OLD, title="堰を開けて"), replace(OLD, title="堰を閉めて"))
    assert diff.paragraphs[0][0] == Segment(Kind.EQUAL, "堰を")


@given(old=st.text("ab \n"), new=st.text("ab \n"))
def test_both_texts_can_be_read_from_the_difference(old: str, new: str) -> None:
    diffs = text_diff(TextDraft(title="t", ask="a", story=old), TextDraft(title="t", ask="a", story=new))
    story = next((diff for diff in diffs if diff.name == "story"), FieldDiff("story", ()))
    assert side(story, Kind.INSERTED) == old.split()
    assert side(story, Kind.DELETED) == new.split()


@pytest.mark.parametrize("filler", ["word{n} ", "the a the b ", "x "])
def test_long_texts_are_compared_within_the_budget(filler: str) -> None:
    old = "".join(filler.format(n=n) for n in range(20_000))
    new = "".join(filler.format(n=n + n % 7) for n in range(20_000)) + "end"
    paragraphs = "\n\n".join(new[start : start + 500] for start in range(0, len(new), 500))
    before = replace(OLD, story=old, letter=paragraphs)
    after = replace(OLD, story=new, letter=paragraphs[::-1])
    assert steps_of(lambda: text_diff(before, after)) < 5 * BUDGET
