"""A petition is opened, paused and ended by those who may, and every move is on record."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.campaigns.conftest import NOON
from undersign.campaigns import services
from undersign.campaigns.errors import AddressFixed, AddressTaken, MoveNotPossible
from undersign.campaigns.models import Petition
from undersign.foundation.changes import changes_since, petition_topic
from undersign.foundation.models import AuditEntry
from undersign.supporters.errors import NotAllowed

LATER = NOON + timedelta(hours=1)
Move = Callable[..., None]


@pytest.fixture
def opened(weir: Petition) -> Petition:
    services.petition_publish(petition=weir, locale="en", by=None, at=NOON)
    weir.refresh_from_db()
    return weir


@pytest.mark.parametrize(
    ("move", "state"),
    [
        (services.petition_close, "closed"),
        (services.petition_declare_won, "won"),
        (services.petition_declare_lost, "lost"),
    ],
)
def test_an_open_petition_can_end_and_open_again(opened: Petition, bob: User, move: Move, state: str) -> None:
    move(petition=opened, by=bob, at=LATER)
    opened.refresh_from_db()
    assert (opened.state, opened.ended_at) == (state, LATER)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.actor) == (f"petition.{state}", bob)
    services.petition_reopen(petition=opened, by=bob, at=LATER)
    opened.refresh_from_db()
    assert (opened.state, opened.ended_at) == ("open", None)


def test_a_closed_petition_can_still_be_won(opened: Petition, bob: User) -> None:
    services.petition_close(petition=opened, by=bob, at=LATER)
    services.petition_declare_won(petition=opened, by=bob, at=LATER + timedelta(days=90))
    opened.refresh_from_db()
    assert (opened.state, opened.ended_at) == ("won", LATER)


def test_a_draft_cannot_end(weir: Petition, bob: User) -> None:
    with pytest.raises(MoveNotPossible):
        services.petition_close(petition=weir, by=bob, at=LATER)


def test_an_open_petition_has_nothing_to_reopen(opened: Petition, bob: User) -> None:
    with pytest.raises(MoveNotPossible):
        services.petition_reopen(petition=opened, by=bob, at=LATER)


def test_reopening_after_the_closing_date_takes_the_date_away(opened: Petition, bob: User) -> None:
    Petition.objects.update(closes_at=NOON + timedelta(minutes=1))
    services.petition_reopen(petition=opened, by=bob, at=LATER)
    opened.refresh_from_db()
    assert (opened.state, opened.closes_at) == ("open", None)


@pytest.mark.parametrize(
    ("pause", "resume", "column"),
    [
        (services.petition_pause_signing, services.petition_resume_signing, "signing_paused_at"),
        (services.petition_pause_mail, services.petition_resume_mail, "mail_paused_at"),
        (services.petition_freeze, services.petition_unfreeze, "read_only_at"),
    ],
)
def test_what_is_paused_can_be_resumed(
    opened: Petition, bob: User, pause: Move, resume: Move, column: str
) -> None:
    before = changes_since(NOON)[petition_topic(opened.pk)]
    pause(petition=opened, by=bob, at=NOON)
    pause(petition=opened, by=bob, at=LATER)
    opened.refresh_from_db()
    assert getattr(opened, column) == NOON
    assert changes_since(NOON)[petition_topic(opened.pk)] > before
    resume(petition=opened, by=bob, at=LATER)
    opened.refresh_from_db()
    assert getattr(opened, column) is None
    assert AuditEntry.objects.filter(action=f"petition.{column.removesuffix('_at')}").count() == 2


@pytest.mark.parametrize(
    "move",
    [
        services.petition_close,
        services.petition_declare_won,
        services.petition_declare_lost,
        services.petition_reopen,
        services.petition_pause_signing,
        services.petition_resume_signing,
        services.petition_pause_mail,
        services.petition_resume_mail,
        services.petition_freeze,
        services.petition_unfreeze,
    ],
)
def test_nobody_from_elsewhere_moves_a_petition(opened: Petition, mallory: User, move: Move) -> None:
    before = AuditEntry.objects.count()
    with pytest.raises(NotAllowed):
        move(petition=opened, by=mallory, at=LATER)
    opened.refresh_from_db()
    assert opened.state == "open"
    assert AuditEntry.objects.count() == before


def test_correcting_the_page_of_a_won_petition_does_not_open_it(opened: Petition, bob: User) -> None:
    services.petition_declare_won(petition=opened, by=bob, at=LATER)
    services.petition_publish(petition=opened, locale="en", by=bob, at=LATER)
    opened.refresh_from_db()
    assert (opened.state, opened.published_at) == ("won", NOON)


def test_mallory_cannot_begin_a_petition_in_somebody_elses_name(rivers: Any, mallory: User) -> None:
    with pytest.raises(NotAllowed):
        services.petition_create(organisation=rivers, slug="x", locale="en", by=mallory, at=NOON)


def test_an_address_is_given_once(weir: Petition, rivers: Any, bob: User) -> None:
    with pytest.raises(AddressTaken):
        services.petition_create(organisation=rivers, slug=weir.slug, locale="de", by=bob, at=NOON)


def test_an_address_stays_once_it_was_public(opened: Petition, bob: User) -> None:
    with pytest.raises(AddressFixed):
        services.petition_readdress(petition=opened, slug="elsewhere", by=bob, at=LATER)
