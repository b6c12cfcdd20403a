from hypothesis import given
from hypothesis import strategies as st

from undersign.web.presentation.diff import Change, DiffPart, diff_words


def test_only_the_words_that_changed_are_marked() -> None:
    assert diff_words("End the trial.", "End the trial now.") == (
        DiffPart(Change.SAME, "End the trial"),
        DiffPart(Change.ADDED, " now"),
        DiffPart(Change.SAME, "."),
    )


@given(before=st.text(alphabet="ab .\n", max_size=40), after=st.text(alphabet="ab .\n", max_size=40))
def test_both_texts_can_be_read_from_the_parts(before: str, after: str) -> None:
    parts = diff_words(before, after)
    assert "".join(part.text for part in parts if part.change is not Change.ADDED) == before
    assert "".join(part.text for part in parts if part.change is not Change.REMOVED) == after
