"""A moderator looks at who signed, from where and when, and finds what belongs together."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from tests.moderation.conftest import Desk, browser_of
from undersign.foundation.ids import uuid7_at
from undersign.signing.queries.selections import TooLong, patience
from undersign.signing.queries.timelines import signed_between, time_frame, timeline


def seen(desk: Desk, **query: str) -> str:
    answer = desk.browser.get(desk.address("review", **query))
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_an_attack_from_one_network_is_seen_at_a_glance(desk: Desk) -> None:
    desk.attack(30)
    for number in range(10):
        desk.sign(network=f"198.51.{number}.0/24")
    page = seen(desk)
    assert "<strong>40</strong> signatures chosen" in page
    assert "192.0.2.0/24" in page
    assert "30 · 75 %" in page
    assert "a small domain (" in page
    assert "throwaway" not in page
    assert page.index("192.0.2.0/24") < page.index("198.51.0.0/24")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"network": "192.0.2.0/24"}, 3),
        ({"network": "192.0.0.0/16"}, 3),
        ({"network": "192.0.2.7"}, 0),
        ({"network": "2001:db8::/32"}, 1),
        ({"domain": "throwaway.example"}, 3),
        ({"domain": "bot@Throwaway.Example"}, 3),
        ({"domain": "gmail.com"}, 3),
        ({"domain": "nobody.example"}, 0),
        ({"source": "leaflet"}, 3),
        ({"source": "-"}, 3),
        ({"country": "FR"}, 1),
        ({"locale": "de"}, 1),
        ({"state": "withdrawn"}, 1),
        ({"network": "192.0.2.0/24", "country": "FR"}, 0),
    ],
)
def test_signatures_are_found_by_what_they_have_in_common(
    desk: Desk, query: dict[str, str], count: int
) -> None:
    desk.attack(3)
    desk.sign(country="FR")
    desk.sign(locale="de")
    desk.sign(network="2001:db8:1:2::/64")
    desk.sign(state="withdrawn", withdrawn_by="signer", network="203.0.113.0/24")
    word = "signature" if count == 1 else "signatures"
    assert f"<strong>{count}</strong> {word} chosen" in seen(desk, **query)


def test_signatures_are_found_by_time(desk: Desk) -> None:
    first, second = desk.sign("First"), desk.sign("Second")
    since, until = (uuid7_at(each.pk).strftime("%Y-%m-%dT%H:%M") for each in (first, second))
    assert "<strong>1</strong> signature chosen" in seen(desk, since=since, until=until)
    assert "lies before the beginning" in seen(desk, since=until, until=since)


def test_a_wrong_network_is_told(desk: Desk) -> None:
    assert "This is not a network" in seen(desk, network="192.0.2")


def test_names_stay_sealed_unless_their_owners_show_them(desk: Desk) -> None:
    desk.sign("Alice Ames")
    desk.sign("Bob Bell", display="full", public_name="Bob Bell")
    page = seen(desk)
    assert "Bob Bell" in page
    assert "Alice" not in page


def test_the_list_goes_on_in_pages(desk: Desk) -> None:
    signatures = [desk.sign(display="full", public_name=f"Signer {number:03}") for number in range(60)]
    first = seen(desk)
    assert "Signer 059" in first
    assert "Signer 009" not in first
    older = seen(desk, older=str(signatures[10].pk))
    assert "Signer 009" in older
    assert "Signer 010" not in older
    assert "Signer 010" in seen(desk, newer=str(signatures[9].pk))
    assert desk.browser.get(desk.address("review", older="x")).status_code == 400


def test_an_empty_petition_says_what_will_be_here(desk: Desk) -> None:
    assert "Nobody has signed yet" in seen(desk)


def test_bars_stand_for_every_signature_once(desk: Desk) -> None:
    signatures = [desk.sign() for _ in range(7)]
    between = signed_between(desk.people.petition.pk)
    assert between == (uuid7_at(signatures[0].pk), uuid7_at(signatures[-1].pk))
    first, _last = between
    for length in (timedelta(minutes=1), timedelta(hours=5), timedelta(days=700)):
        frame = time_frame(first, first + length)
        assert frame.since <= first
        assert frame.until >= first + length
        assert frame.bars <= 120
        counts = timeline(petition_id=desk.people.petition.pk, frame=frame)
        assert sum(counts) == sum(uuid7_at(each.pk) < frame.until for each in signatures)


def test_nobody_waits_longer_than_they_want(desk: Desk) -> None:
    with pytest.raises(TooLong), patience(timedelta(milliseconds=1)), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(1)")
    with patience(timedelta(seconds=30)):
        desk.sign()
    assert desk.count() == 1


def test_editors_have_nothing_to_review(desk: Desk) -> None:
    editor = browser_of(desk.people.editor)
    assert editor.get(desk.address("review")).status_code == 404
    overview = editor.get(f"/admin/petitions/{desk.people.petition.pk}/")
    assert desk.address("review") not in overview.text
    assert desk.address("review") in desk.browser.get(f"/admin/petitions/{desk.people.petition.pk}/").text


def test_for_another_organisation_nothing_here_exists(desk: Desk, mallory: Client) -> None:
    desk.sign()
    for name in ("review", "remove", "removals"):
        assert mallory.get(desk.address(name)).status_code == 404
    assert mallory.post(desk.address("search"), {"pattern": "*", "why": "x"}).status_code == 404
