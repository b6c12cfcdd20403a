"""What a web process knows of the petitions when it starts without the database."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.petitions import signable
from undersign.signing.errors import PetitionEnded, PetitionUnknown
from undersign.signing.queries.petitions import AskedConsent, SignableText
from undersign.web.front_door.board import Board
from undersign.web.front_door.kept_board import KeptBoard

CLOSING = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)
WEIR = signable(
    id=7,
    slug="open-the-weir",
    organisation_id=3,
    default_locale="ar",
    closes_at=CLOSING,
    names_per_mailbox=2,
    fields={"country": "off", "postcode": "required", "phone": "off", "reason": "optional"},
    texts={11: SignableText(id=11, locale="ar", version=2, superseded_at=CLOSING)},
    consents=(AskedConsent(id=5, purpose="updates", channel="email", wordings={"ar": (9, 8)}),),
    is_trap_set=False,
    is_pace_limited=False,
)


def test_petitions_come_back_as_they_were(tmp_path: Path) -> None:
    KeptBoard(tmp_path / "board.json").keep({7: WEIR})
    assert KeptBoard(tmp_path / "board.json").recall() == {7: WEIR}


def test_a_process_without_database_judges_by_what_was_last_known(tmp_path: Path) -> None:
    kept = KeptBoard(tmp_path / "board.json")
    kept.keep({7: WEIR})
    board, petitions = Board(), kept.recall()
    assert petitions is not None
    board.recall(petitions)
    assert not board.has_seen_database
    with pytest.raises(PetitionEnded):  # time goes on
        board.by_slug("open-the-weir").check_open(CLOSING)
    with pytest.raises(PetitionUnknown):
        board.by_slug("another")


def test_what_was_kept_does_not_replace_what_is_known(tmp_path: Path) -> None:
    board = Board()
    board.recall({7: WEIR})
    board.recall({})
    assert board.by_slug("open-the-weir") == WEIR


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"version": 2}', '{"version": 1, "petitions": [{}]}'])
def test_a_file_that_cannot_be_read_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "board.json").write_text(content)
    assert KeptBoard(tmp_path / "board.json").recall() is None


def test_no_file_is_none_and_a_full_disk_no_reason_to_stop(tmp_path: Path) -> None:
    kept = KeptBoard(tmp_path / "nowhere" / "board.json")
    kept.keep({7: WEIR})
    assert kept.recall() is None
