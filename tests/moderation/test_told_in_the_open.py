"""Everybody can read how many signatures were removed, when and why, and that some were put back."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from tests.moderation.conftest import Desk
from undersign.foundation.models import Change
from undersign.moderation.models import Removal
from undersign.moderation.tasks import removal_do
from undersign.web.composition.removals import removal_views, removed_total


def removed(desk: Desk) -> Removal:
    desk.attack(3)
    address = desk.address("remove", network="192.0.2.0/24")
    desk.browser.post(address, {"reason": "network", "words": "seen by Mo"})
    removal = Removal.objects.get()
    removal_do(str(removal.pk))
    return removal


def test_a_removal_is_told_with_its_reason_but_not_the_words_of_moderators(desk: Desk) -> None:
    removed(desk)
    (view,) = removal_views(desk.people.petition.pk)
    assert (view.count, view.put_back) == (3, 0)
    assert view.removed_on == datetime.now(UTC).date()
    assert view.because == "they came from one network within a short time"
    assert removed_total(desk.people.petition.pk) == 3
    assert "Mo" not in str(view)


@pytest.mark.parametrize("language", ["de", "ar"])
def test_it_is_told_in_every_language(desk: Desk, language: str) -> None:
    removed(desk)
    with translation.override(language):
        (view,) = removal_views(desk.people.petition.pk)
        assert view.because != "they came from one network within a short time"


def test_what_was_put_back_is_told_too(desk: Desk) -> None:
    removal = removed(desk)
    desk.browser.post(desk.address("undo", removal.pk))
    assert removal_views(desk.people.petition.pk) == ()  # while it moves
    removal_do(str(removal.pk))
    (view,) = removal_views(desk.people.petition.pk)
    assert (view.count, view.put_back) == (3, 3)
    assert removed_total(desk.people.petition.pk) == 0


def test_pages_in_memory_are_drawn_anew(desk: Desk) -> None:
    topic = f"petition:{desk.people.petition.pk}"
    Change.objects.filter(topic=topic).delete()
    removed(desk)
    assert Change.objects.filter(topic=topic).exists()
