"""A moderator sees what a removal would take, removes it with a reason, and undoes it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.delivery.conftest import NOON
from tests.moderation.conftest import Desk, browser_of
from undersign.foundation.models import AuditEntry
from undersign.moderation.models import Removal, RemovedSignature
from undersign.moderation.queries.removals import removals_public
from undersign.moderation.services import removing
from undersign.moderation.services.expiry import ModerationHolder, moderation_tidy
from undersign.moderation.tasks import removal_do
from undersign.signing.models import Signature, SignatureEvent
from undersign.signing.services.withdrawals import signature_restore, signature_withdraw_by_signer
from undersign.supporters.models import Supporter

ATTACK = {"network": "192.0.2.0/24"}
WHY = {"reason": "network", "words": "all within four minutes"}


def remove(desk: Desk, **query: str) -> Removal:
    """Go the way of a moderator: preview, reason, worker."""
    address = desk.address("remove", **(query or ATTACK))
    answer = desk.browser.post(address, WHY)
    assert answer.status_code == 302, answer.text
    removal = Removal.objects.latest("at")
    removal_do(str(removal.pk))
    removal.refresh_from_db()
    return removal


def undo(desk: Desk, removal: Removal) -> None:
    assert desk.browser.post(desk.address("undo", removal.pk)).status_code == 302
    removal_do(str(removal.pk))
    removal.refresh_from_db()


def test_the_preview_says_what_it_would_take_and_takes_nothing(desk: Desk) -> None:
    desk.attack(4)
    desk.sign()
    page = " ".join(desk.browser.get(desk.address("remove", **ATTACK)).text.split())
    assert "<strong>4</strong> signatures off" in page
    assert "Remove 4 signatures" in page
    assert desk.count() == 5
    assert not Removal.objects.exists()


def test_a_removal_takes_what_was_chosen_and_says_so(desk: Desk) -> None:
    attack, honest = desk.attack(4), desk.sign()
    removal = remove(desk)
    assert (removal.status, removal.expected, removal.removed) == ("done", 4, 4)
    assert list(Signature.objects.filter(state="confirmed")) == [honest]
    events = SignatureEvent.objects.filter(kind="withdrawn")
    assert {event.signature_id for event in events} == {each.pk for each in attack}
    assert {(event.by, event.reason) for event in events} == {
        (desk.people.moderator, "network all within four minutes")
    }
    watched = desk.browser.get(desk.address("removal", removal.pk)).text
    assert "Undo this removal" in watched
    assert removals_public(desk.people.petition.pk) == [removal]


def test_an_audit_entry_says_who_and_why_but_not_whom(desk: Desk) -> None:
    desk.attack(2)
    remove(desk, domain="throwaway.example")
    entries = AuditEntry.objects.filter(action__startswith="removal.").order_by("pk")
    assert [entry.action for entry in entries] == ["removal.requested", "removal.done"]
    assert entries[0].actor == desk.people.moderator
    assert entries[1].detail["removed"] == 2
    assert entries[0].detail["by"] == ["domain", "until"]
    assert "throwaway" not in str([entry.detail for entry in entries])


def test_it_works_in_batches_and_goes_on_where_a_worker_stopped(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "AT_ONCE", 2)
    desk.attack(5)
    desk.browser.post(desk.address("remove", **ATTACK), WHY)
    removal = Removal.objects.get()
    taken = removing._take_off
    calls: list[int] = []

    def stop_after_one(*args: object) -> None:
        if calls:
            raise KeyboardInterrupt
        calls.append(1)
        taken(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(removing, "_take_off", stop_after_one)
    with pytest.raises(KeyboardInterrupt):
        removal_do(str(removal.pk))
    removal.refresh_from_db()
    assert (removal.status, removal.removed, desk.count()) == ("working", 2, 3)
    monkeypatch.setattr(removing, "_take_off", taken)
    before = ProcrastinateJob.objects.count()
    moderation_tidy(at=datetime.now(UTC) + timedelta(minutes=3))
    assert ProcrastinateJob.objects.count() == before + 1
    removal_do(str(removal.pk))
    removal.refresh_from_db()
    assert (removal.status, removal.removed, desk.count()) == ("done", 5, 0)
    assert RemovedSignature.objects.count() == 5


def test_who_signs_after_the_preview_is_not_taken(desk: Desk) -> None:
    desk.attack(2)
    preview = desk.browser.get(desk.address("remove", **ATTACK)).text
    action = preview.partition('action="/admin/petitions/')[2].partition('"')[0].replace("&amp;", "&")
    late = desk.sign(network=ATTACK["network"])
    moved = Signature.objects.filter(pk=late.pk)
    later = datetime.now(UTC) + timedelta(hours=1)
    moved.update(id=type(late)._meta.pk.default(later))  # type: ignore[union-attr, misc]
    desk.browser.post(f"/admin/petitions/{action}", WHY)
    removal_do(str(Removal.objects.get().pk))
    assert desk.count() == 1


def test_undoing_puts_back_exactly_what_this_removal_took(desk: Desk) -> None:
    attack = desk.attack(5)
    signature_withdraw_by_signer(signature=attack[0], at=NOON)
    removal = remove(desk)
    assert removal.removed == 4
    by_owner, again = attack[1], attack[2]
    for each in (by_owner, again):
        each.refresh_from_db()
        signature_restore(signature=each, by=desk.people.moderator, reason="checked", at=NOON)
    signature_withdraw_by_signer(signature=by_owner, at=NOON)
    second = remove(desk)
    assert second.removed == 1
    Signature.objects.filter(pk=attack[3].pk).delete()
    undo(desk, removal)
    assert (removal.status, removal.restored) == ("undone", 1)
    assert list(Signature.objects.filter(state="confirmed")) == [attack[4]]
    undo(desk, second)
    assert second.restored == 1
    undo(desk, second)
    assert second.restored == 1
    assert AuditEntry.objects.filter(action="removal.undone").count() == 2


def test_whoever_is_erased_leaves_no_trace_in_a_removal(desk: Desk) -> None:
    attack = desk.attack(2)
    removal = remove(desk)
    supporter = Supporter.objects.get(pk=attack[0].supporter_id)
    ModerationHolder().supporter_forget(supporter, NOON)
    assert [item.signature_id for item in removal.items.all()] == [attack[1].pk]


def test_after_thirty_days_nothing_can_be_undone_and_the_list_is_gone(desk: Desk) -> None:
    desk.attack(2)
    removal = remove(desk)
    Removal.objects.update(at=removal.at - timedelta(days=31))
    moderation_tidy(at=datetime.now(UTC))
    removal.refresh_from_db()
    assert (removal.criteria, removal.items.count()) == ({}, 0)
    shown = desk.browser.post(desk.address("undo", removal.pk), follow=True)
    assert "This one is older" in shown.text
    assert desk.count() == 0


def test_nothing_chosen_removes_nothing(desk: Desk) -> None:
    desk.attack(2)
    answer = desk.browser.post(desk.address("remove"), WHY, follow=True)
    assert "Choose first what to remove" in answer.text
    assert desk.browser.post(desk.address("remove", network="x"), WHY).status_code == 302
    assert not Removal.objects.exists()


def test_a_reason_is_needed(desk: Desk) -> None:
    desk.attack(2)
    answer = desk.browser.post(desk.address("remove", **ATTACK), {"reason": "", "words": "kept"})
    assert answer.status_code == 422
    assert 'value="kept"' in answer.text
    assert not Removal.objects.exists()


def test_a_petition_that_is_read_only_is_left_alone(desk: Desk) -> None:
    desk.attack(2)
    desk.browser.post(desk.address("remove", **ATTACK), WHY)
    desk.people.petition.read_only_at = NOON
    desk.people.petition.save()
    removal = Removal.objects.get()
    removal_do(str(removal.pk))
    removal.refresh_from_db()
    assert (removal.status, removal.removed, desk.count()) == ("failed", 0, 2)
    assert "read-only" in desk.browser.get(desk.address("removal", removal.pk)).text
    refused = desk.browser.post(desk.address("remove", **ATTACK), WHY)
    assert refused.status_code == 200
    assert "read-only" in refused.text


def test_for_another_organisation_nothing_here_exists(desk: Desk, mallory: Client) -> None:
    desk.attack(2)
    removal = remove(desk)
    assert mallory.get(desk.address("removal", removal.pk)).status_code == 404
    assert mallory.post(desk.address("undo", removal.pk)).status_code == 404
    assert mallory.post(desk.address("remove", **ATTACK), WHY).status_code == 404
    editor = browser_of(desk.people.editor)
    assert editor.post(desk.address("undo", removal.pk)).status_code == 404
    removal.refresh_from_db()
    assert removal.status == "done"
