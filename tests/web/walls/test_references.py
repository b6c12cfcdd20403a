"""Mallory sends the numbers of Bob's pictures and pages in the forms of her own page."""

import json

import pytest
from django.test import Client
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from tests.web.walls.conftest import Campaign, logged_in
from undersign.web.models import PetitionPage


@pytest.fixture
def mallory(mallorys: Campaign) -> Client:
    return logged_in(mallorys.organiser)


def latest(campaign: Campaign) -> PetitionPage:
    page: PetitionPage = PetitionPage.objects.get(pk=campaign.petition.pk).get_latest_revision_as_object()
    return page


def form_of(campaign: Campaign, **changes: object) -> dict[str, object]:
    petition = campaign.petition
    fields = {
        "title": petition.title,
        "slug": petition.slug,
        "ask": petition.ask,
        "letter": rich_text("<p>Dear Minister,</p>"),
        "thank_you": rich_text(""),
        "outcome": rich_text(""),
        "story": streamfield([]),
        "targets": inline_formset([]),
        "sources": inline_formset([]),
        "comments": inline_formset([]),
    }
    return nested_form_data(fields | changes)  # type: ignore[no-any-return]


def send(client: Client, campaign: Campaign, page: str = "edit/", **changes: object) -> tuple[int, str]:
    answer = client.post(f"/admin/pages/{campaign.petition.pk}/{page}", form_of(campaign, **changes))
    return answer.status_code, answer.text.lower()


def link_to(page_id: int) -> str:
    entity = {"type": "LINK", "mutability": "MUTABLE", "data": {"id": page_id, "parentId": 1}}
    block = {
        "key": "a",
        "type": "unstyled",
        "depth": 0,
        "text": "here",
        "inlineStyleRanges": [],
        "entityRanges": [{"offset": 0, "length": 4, "key": 0}],
    }
    return json.dumps({"blocks": [block], "entityMap": {"0": entity}})


def foreign(bobs: Campaign) -> list[dict[str, object]]:
    picture = {"image": {"image": bobs.image.pk, "alt_text": "x", "decorative": ""}, "caption": ""}
    return [
        {"photo": bobs.image.pk},
        {"story": streamfield([("image", picture)])},
        {"letter": link_to(bobs.petition.pk)},
        {"story": streamfield([("paragraph", link_to(bobs.petition.pk))])},
        {"photo": bobs.image.pk, "title": ""},  # not valid either: the form would come back
    ]


def test_her_own_picture_is_taken(mallorys: Campaign, mallory: Client) -> None:
    status, _page = send(mallory, mallorys, photo=mallorys.image.pk, letter=link_to(mallorys.home.pk))
    assert status == 302
    assert latest(mallorys).photo == mallorys.image


@pytest.mark.parametrize("page", ["edit/", "edit/preview/"])
def test_somebody_elses_things_are_refused_without_a_look_at_them(
    bobs: Campaign, mallorys: Campaign, mallory: Client, page: str
) -> None:
    for changes in foreign(bobs):
        status, shown = send(mallory, mallorys, page, **changes)
        assert status in {302, 403}
        assert "kestrelwood" not in shown
        kept = latest(mallorys)
        assert kept.photo is None
        assert str(bobs.petition.pk) not in str(kept.letter)
        assert len(kept.story) == 0


def test_an_organisation_page_cannot_be_handed_to_somebody_else(
    bobs: Campaign, mallorys: Campaign, mallory: Client
) -> None:
    address = f"/admin/pages/{mallorys.home.pk}/edit/"
    assert "kestrelwood" not in mallory.get(address).text.lower()
    form = {"title": "x", "slug": "x", "intro": rich_text(""), "organisation": bobs.organisation.pk}
    mallory.post(address, nested_form_data(form | {"comments": inline_formset([])}) | {"action-publish": "1"})
    mallorys.home.refresh_from_db()
    assert mallorys.home.organisation == mallorys.organisation
