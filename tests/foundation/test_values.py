from dataclasses import replace

import pytest

from undersign.foundation.values import value


@value
class Place:
    slug: str
    locale: str = "en"


def test_values_are_equal_by_their_fields() -> None:
    place = Place("faces")
    assert place == Place("faces", "en") != Place("faces", "de")
    assert {place: 1}[replace(Place("voices"), slug="faces")] == 1


def test_a_value_has_no_room_for_more() -> None:
    with pytest.raises(AttributeError):
        Place("faces").colour = "red"  # type: ignore[attr-defined]
