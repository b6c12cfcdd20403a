"""A moderator has the worker look for names, for a reason that is kept, and removes what it found."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tests.moderation.conftest import Desk
from undersign.foundation.keys.ring import make_ring
from undersign.foundation.models import AuditEntry
from undersign.moderation.models import NameSearch, Removal
from undersign.moderation.patterns import name_matcher
from undersign.moderation.services import searching
from undersign.moderation.services.expiry import moderation_tidy
from undersign.moderation.services.searching import Bureau
from undersign.moderation.tasks import name_search_do, removal_do
from undersign.signing.models import Signature


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("bot", "A Robot", True),
        ("Bot *", "bot   17", True),
        ("Bot *", "A Bot 17", False),
        ("B?t", "Bat", True),
        ("B?t", "Boot", False),
        ("[a]*", "[A] Ames", True),
        ("[a]*", "a Ames", False),
        ("Jose\u0301", "José Ruiz", True),
        ("*", "Anybody", True),
        ("*a" * 40 + "b", "a" * 200, False),
    ],
)
def test_patterns(pattern: str, name: str, *, matches: bool) -> None:
    assert name_matcher(pattern)(name) is matches


def search(desk: Desk, pattern: str = "Bot *", **query: str) -> NameSearch:
    form = {"pattern": pattern, "why": "a tip from the press"}
    assert desk.browser.post(desk.address("search", **query), form).status_code == 302
    found = NameSearch.objects.latest("at")
    name_search_do(str(found.pk))
    found.refresh_from_db()
    return found


def test_names_are_found_by_the_worker_and_shown(desk: Desk) -> None:
    desk.attack(3)
    desk.sign("Alice Ames")
    found = search(desk)
    assert (found.status, found.opened, found.found) == ("ready", 4, 3)
    page = " ".join(desk.browser.get(desk.address("found", found.pk)).text.split())
    assert "<strong>3</strong> of 4 names are like “Bot *”" in page
    assert "Bot 2" in page
    assert "Alice" not in page


def test_only_what_is_chosen_is_opened(desk: Desk) -> None:
    desk.attack(3)
    desk.sign("Bot at home")
    found = search(desk, network="198.51.100.0/24")
    assert (found.opened, found.found) == (1, 1)


def test_who_asked_why_and_who_read_it_is_kept_but_no_name(desk: Desk) -> None:
    desk.attack(1)
    found = search(desk, "Bot 0")
    desk.browser.get(desk.address("found", found.pk))
    asked, read = AuditEntry.objects.filter(action__startswith="names.").order_by("pk")
    assert (asked.actor, asked.detail["why"]) == (desk.people.moderator, "a tip from the press")
    assert (read.action, read.detail["names"]) == ("names.read", 1)
    assert "Bot" not in f"{asked.detail} {read.detail}"
    assert b"Bot" not in bytes(found.sealed or b"")


def test_without_a_reason_nothing_is_opened(desk: Desk) -> None:
    desk.attack(1)
    answer = desk.browser.post(desk.address("search"), {"pattern": "Bot *", "why": ""})
    assert answer.status_code == 422
    assert "Bot *" in answer.text
    assert not NameSearch.objects.exists()


def test_what_was_found_is_removed(desk: Desk) -> None:
    desk.attack(3)
    alice = desk.sign("Alice Ames", network="192.0.2.0/24")
    found = search(desk)
    address = desk.address("remove-found", found.pk)
    assert "Remove 3 signatures" in desk.browser.get(address).text
    desk.browser.post(address, {"reason": "made_up", "words": ""})
    removal_do(str(Removal.objects.get().pk))
    assert list(Signature.objects.filter(state="confirmed")) == [alice]
    assert AuditEntry.objects.filter(action="removal.done").get().detail["by"] == ["pattern"]


def test_after_an_hour_it_is_forgotten_unless_a_removal_reads_it(desk: Desk) -> None:
    desk.attack(2)
    idle, used = search(desk), search(desk)
    desk.browser.post(desk.address("remove-found", used.pk), {"reason": "made_up", "words": ""})
    moderation_tidy(at=datetime.now(UTC) + timedelta(minutes=61))
    idle.refresh_from_db()
    assert (idle.status, idle.sealed) == ("expired", None)
    assert "forgotten after an hour" in desk.browser.get(desk.address("found", idle.pk)).text
    removal_do(str(Removal.objects.get().pk))
    assert desk.count() == 0
    refused = desk.browser.get(desk.address("remove-found", idle.pk), follow=True)
    assert "forgotten after an hour" in refused.text


def test_a_missing_key_is_told(desk: Desk) -> None:
    desk.attack(1)
    form = {"pattern": "*", "why": "to see"}
    desk.browser.post(desk.address("search"), form)
    found = NameSearch.objects.get()
    other = make_ring(alias_rules=1, at=datetime.now(UTC))
    searching.name_search_do(search_id=found.pk, bureau=Bureau(other, lambda: datetime.now(UTC)))
    found.refresh_from_db()
    assert found.status == "failed"
    page = desk.browser.get(desk.address("found", found.pk)).text
    assert desk.ring.current_sealing_id.hex() in page


def test_for_another_organisation_nothing_here_exists(desk: Desk, mallory: Client) -> None:
    desk.attack(1)
    found = search(desk)
    for name in ("found", "remove-found"):
        assert mallory.get(desk.address(name, found.pk)).status_code == 404
    assert mallory.post(desk.address("remove-found", found.pk), {"reason": "other"}).status_code == 404
