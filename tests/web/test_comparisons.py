"""A reader sees what changed in a long text without reading it all again."""

from dataclasses import replace

from undersign.campaigns.drafts import TextDraft
from undersign.web.composition.comparisons import LEAD, changed_parts, whole_parts
from undersign.web.presentation.comparison import Change, Gap, Passage, TextPart

PARAGRAPHS = [f"Paragraph {number} says what it says." for number in range(200)]
OLD = TextDraft(title="Open the weir", ask="Open it.", story="\n\n".join(PARAGRAPHS), letter="We ask you.")


def with_changed(*numbers: int) -> TextDraft:
    return replace(
        OLD,
        story="\n\n".join(
            text.replace("says what", "said what") if number in numbers else text
            for number, text in enumerate(PARAGRAPHS)
        ),
    )


def shape(part: TextPart) -> list[int | str]:
    """Give the length of each gap, and of each passage the paragraph's number, with a star if it changed."""
    return [
        piece.paragraphs
        if isinstance(piece, Gap)
        else text_of(piece).split()[1] + "*" * any(words.change != Change.SAME for words in piece.words)
        for piece in part.pieces
    ]


def text_of(passage: Passage) -> str:
    return "".join(words.text for words in passage.words)


def test_one_changed_word_is_shown_with_its_neighbours_only() -> None:
    (story,) = changed_parts(OLD, with_changed(90))
    assert shape(story) == [89, "89", "90*", "91", 108]


def test_changes_at_the_edges_and_close_to_each_other_need_no_gap() -> None:
    (story,) = changed_parts(OLD, with_changed(0, 2, 5, 199))
    assert shape(story) == ["0*", "1", "2*", "3", "4", "5*", "6", 191, "198", "199*"]


def test_a_long_neighbour_is_shortened_on_the_side_away_from_the_change() -> None:
    long = " ".join(f"w{number}" for number in range(1_000))
    old = replace(OLD, letter=f"{long}\n\nWe ask you.\n\n{long}")
    (letter,) = changed_parts(old, replace(old, letter=f"{long}\n\nWe beg you.\n\n{long}"))
    before, _, after = letter.pieces
    assert isinstance(before, Passage)
    assert isinstance(after, Passage)
    assert text_of(before) == "… " + " ".join(f"w{number}" for number in range(1_000 - LEAD, 1_000))
    assert text_of(after) == " ".join(f"w{number}" for number in range(LEAD)) + " …"


def test_the_same_text_has_no_changes_and_is_whole() -> None:
    assert changed_parts(OLD, OLD) == ()
    assert [str(part.heading) for part in whole_parts(OLD)] == ["Title", "In one sentence", "Story", "Letter"]
    assert [
        text_of(piece) for piece in whole_parts(OLD)[2].pieces if isinstance(piece, Passage)
    ] == PARAGRAPHS
