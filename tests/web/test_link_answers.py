"""What the page of a link that is over says of its petition, and where it leads."""

from datetime import UTC, datetime, timedelta

from tests.petitions import signable
from undersign.signing.queries.petitions import SignableText
from undersign.web.front_door.link_answers import link_problem
from undersign.web.presentation.afterwards import LinkFault
from undersign.web.presentation.rendering import render

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
TEXTS = {
    1: SignableText(id=1, locale="en", version=1, superseded_at=None),
    2: SignableText(id=2, locale="de", version=1, superseded_at=None),
    3: SignableText(id=3, locale="ar", version=1, superseded_at=NOW),
}
WEIR = signable(slug="open-the-weir", texts=TEXTS)
CLOSED = signable(slug="open-the-weir", texts=TEXTS, closes_at=NOW - timedelta(hours=1))


def test_the_way_on_is_in_the_language_of_the_link_where_there_is_such_a_page() -> None:
    ways = [link_problem(code, LinkFault.EXPIRED, WEIR, at=NOW).petition_url for code in ("en", "de", "ar")]
    assert ways == ["/p/open-the-weir/", "/de/p/open-the-weir/", "/p/open-the-weir/"]


def test_a_paused_petition_is_still_one_to_sign_again() -> None:
    paused = signable(slug="open-the-weir", texts=TEXTS, is_paused=True)
    assert link_problem("en", LinkFault.EXPIRED, paused, at=NOW).can_sign


def test_nobody_is_told_to_sign_again_where_that_is_not_possible() -> None:
    unpublished = signable(texts={3: TEXTS[3]})
    for fault in (LinkFault.EXPIRED, LinkFault.WITHDRAWN):
        for petition in (CLOSED, unpublished, None):
            page = render(link_problem("en", fault, petition, at=NOW))
            assert "again" not in page.lower()
            assert ("/p/open-the-weir/" in page) is (petition is CLOSED)


def test_whose_signature_was_taken_off_is_told_whom_to_write_to() -> None:
    page = render(link_problem("en", LinkFault.WITHDRAWN, WEIR, at=NOW))
    assert "write to them" in page
    assert "To the petition" in page
