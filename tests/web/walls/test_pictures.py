"""What becomes of a picture that pages show."""

import json
from collections.abc import Callable

import pytest
from django.test import Client

from tests.web.walls.conftest import Campaign, campaign_begin, logged_in
from undersign.web.models import CampaignImage, PetitionPage

Illustrate = Callable[..., PetitionPage]


@pytest.fixture
def rivers(db: None) -> Campaign:
    return campaign_begin("rivers")


@pytest.fixture
def illustrate(rivers: Campaign) -> Illustrate:
    """Publish the petition with the picture and a video in its story."""

    def illustrate(alt: str = "A weir", *, is_decorative: bool = False) -> PetitionPage:
        picture = {"image": rivers.image.pk, "alt_text": alt, "decorative": is_decorative}
        story = [
            {"type": "heading", "value": "Why"},
            {"type": "image", "value": {"image": picture, "caption": "At night"}},
            {"type": "video", "value": {"image": picture, "title": "Film", "url": "https://films.example/1"}},
        ]
        page = rivers.petition
        page.story = json.dumps(story)
        page.save_revision().publish()
        page.refresh_from_db()
        return page

    return illustrate


def test_a_page_outlives_a_picture_that_was_deleted(
    rivers: Campaign, illustrate: Illustrate, client: Client
) -> None:
    page = illustrate()
    rivers.image.delete()
    page.refresh_from_db()
    shown = client.get("/p/rivers-petition/")
    assert shown.status_code == 200
    assert "At night" not in shown.text
    assert "Why" in shown.text
    page.save_revision().publish()


def test_the_words_for_this_place_describe_a_picture(illustrate: Illustrate, client: Client) -> None:
    illustrate("Water that stands still")
    assert 'alt="Water that stands still"' in client.get("/p/rivers-petition/").text


def test_a_picture_that_only_decorates_is_not_described(
    rivers: Campaign, illustrate: Illustrate, client: Client
) -> None:
    CampaignImage.objects.update(alt_text="A teal square")
    illustrate("", is_decorative=True)
    assert "A teal square" not in client.get("/p/rivers-petition/").text


def test_an_editor_cannot_delete_what_others_put_on_a_page(rivers: Campaign) -> None:
    logged_in(rivers.editor).post(f"/admin/images/{rivers.image.pk}/delete/")
    assert CampaignImage.objects.filter(pk=rivers.image.pk).exists()
    logged_in(rivers.organiser).post(f"/admin/images/{rivers.image.pk}/delete/")
    assert not CampaignImage.objects.filter(pk=rivers.image.pk).exists()
