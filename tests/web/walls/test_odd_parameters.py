"""Links get mangled and people try things: no address of the editing side breaks under an odd query."""

from collections.abc import Callable, Iterator
from itertools import cycle
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import resolve

from tests.web.walls.admin_walk import Address, addresses
from tests.web.walls.conftest import NOON, Campaign, logged_in
from tests.web.walls.test_walls import walk_with
from undersign.foundation.keys import ensure_keys_file
from undersign.web.admin.walls.routes import NOTHING, ROUTES
from undersign.web.models import CampaignImage

FREE = """
    _w_filter_fragment _w_hydrate_create_view accent after allow_email_link allow_external_link before
    can_choose_root closeness collection_id content_type describe_on_delete edited_by export fields
    filter_method for_explorer format h has_child_pages has_children height in_preview_panel
    latest_revision_created_at_from latest_revision_created_at_to layout limit link_text link_url live locale
    match_subclass mode multiple next offset order ordering owner p page position published q search
    search_all search_query select_format site tag term timestamp_from timestamp_to type
    usage_count_max usage_count_min user user_perms width
"""
# What names pages and pictures goes apart, for the gate refuses things that nobody has.
NAMES = ["page_type", "instance"]
ODD = ["", "bees", "-1", "9" * 30, "99999", "\ud800", "<b>%s{0}'\"", "1,2,x", "2026-13-45"]


def queries(turn: int, one: Address) -> Iterator[str]:
    """Give every parameter two kinds of oddness, others at the next address, and then two values.

    Views share their code, so after some addresses every parameter has met every kind. What the gate refuses
    goes apart, or it would hide the rest.
    """
    names = FREE.split()
    for kind in (turn, turn + 4):
        odd = cycle(ODD[kind % len(ODD) :] + ODD[: kind % len(ODD)])
        yield written([(name, next(odd)) for name in names])
    yield written([(name, value) for name in names for value in ("1", "")])
    yield written([("q", "1\x00")])
    route = ROUTES.get(one.name, NOTHING)
    for value in ("", "bees", "1"):  # page 1 is the root of all
        yield written([(name, value) for name in (*NAMES, *route.pages, *route.chosen, *route.images)])


def written(pairs: list[tuple[str, str]]) -> str:
    return urlencode(pairs, errors="surrogatepass")


def open_to(bobs: Campaign, client: Client, is_meant: Callable[[Address], bool]) -> Iterator[Address]:
    """Find the addresses that answer when Bob's things are named in them, each name once; none may break."""
    page = bobs.petition
    own = {
        **walk_with(bobs, client).values,
        "pk": [page.petition_id, bobs.organisation.pk, bobs.image.pk, page.pk],
    }
    found: set[str] = set()
    for one in addresses(own):
        if one.name in {*found, "wagtailadmin_logout"} or not is_meant(one):
            continue
        status = client.get(one.path).status_code
        assert status < 500, one.path
        if status == 200:
            found.add(one.name)
            yield one


def broken(client: Client, opened: list[Address]) -> list[str]:
    return [
        f"{one.path}?{query}"
        for turn, one in enumerate(opened)
        for query in queries(turn, one)
        if client.get(f"{one.path}?{query}").status_code >= 500
    ]


@pytest.fixture
def keys(db: None) -> None:
    """The pages about signatures open with the keys only."""
    ensure_keys_file(settings.KEYS_FILE, alias_rules=1, at=NOON)


def is_not_shut(one: Address) -> bool:
    match = resolve(one.path)
    return match.view_name in ROUTES or match.func.__module__.startswith("undersign.")


def is_chooser(one: Address) -> bool:
    return "choose" in one.name and one.name in ROUTES


def test_no_address_breaks_under_odd_parameters(bobs: Campaign, keys: None) -> None:
    client = logged_in(bobs.organiser)
    opened = list(open_to(bobs, client, is_not_shut))
    assert len(opened) > 60
    assert broken(client, opened) == []


def test_no_chooser_breaks_for_the_operator(bobs: Campaign, trudy: User) -> None:
    client = logged_in(trudy)
    opened = list(open_to(bobs, client, is_chooser))
    assert len(opened) > 8
    assert broken(client, opened) == []


def test_nobody_chooses_documents(bobs: Campaign, trudy: User) -> None:
    for somebody in (bobs.organiser, trudy):
        answer = logged_in(somebody).get("/admin/documents/chooser/chosen-multiple/", {"id": "bees"})
        assert answer.status_code == 404


def test_pictures_of_a_tag_are_searched(bobs: Campaign) -> None:
    image = CampaignImage.objects.get(pk=bobs.image.pk)
    image.tags.add("salmon")
    chooser = "/admin/images/chooser/results/"
    bob = logged_in(bobs.organiser)
    assert image.title in bob.get(chooser, {"tag": "salmon", "q": "kestrelwood"}).text
    assert image.title not in bob.get(chooser, {"tag": "eel", "q": "kestrelwood"}).text


def test_a_form_that_lacks_what_wagtail_relies_on_is_refused(bobs: Campaign, trudy: User) -> None:
    for somebody in (bobs.organiser, trudy):
        answer = logged_in(somebody).post("/admin/choose-external-link/", {})
        assert answer.status_code == 400
