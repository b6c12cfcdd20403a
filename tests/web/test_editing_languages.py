"""What organisers see of ours behind the scenes, in their own language."""

import re
from collections import deque

import pytest
from django.contrib.auth.models import User
from django.test import Client
from wagtail.users.models import UserProfile

from tests.journeys.languages import english_left
from tests.web.walls.conftest import Campaign, campaign_begin, logged_in

MANY = 60  # pages; the editing side is finite, but its lists link to themselves in many orders
LINK = re.compile(r'(?:href=|"url": )"(/admin/[^"?#]*)"')  # the menu is a list for Wagtail's script
WAGTAILS = {"English", "Actions"}  # languages under their own names, and a label it never translates


@pytest.fixture
def campaign(db: None) -> Campaign:
    return campaign_begin("kestrelwood")


def speak(user: User, language: str) -> None:
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})


def pages(client: Client) -> dict[str, str]:
    """Follow every link from the first page, and give what stood at each address."""
    seen: dict[str, str] = {}
    waiting = deque(["/admin/"])
    while waiting and len(seen) < MANY:
        path = waiting.popleft()
        if path in seen:
            continue
        answer = client.get(path)
        seen[path] = answer.content.decode() if answer["Content-Type"].startswith("text/html") else ""
        waiting.extend(LINK.findall(seen[path]))
    return seen


def test_the_editing_side_speaks_the_language_of_who_works_there(campaign: Campaign) -> None:
    speak(campaign.organiser, "de")
    walked = pages(logged_in(campaign.organiser))
    left = {path: found for path, html in walked.items() if (found := english_left(html, "de") - WAGTAILS)}
    assert not left
    assert {"/admin/petitions/", "/admin/organisations/"} <= walked.keys()
