"""Links get mangled and people try things: no address of the editing side breaks under an odd query."""

from collections.abc import Iterator
from itertools import cycle
from urllib.parse import urlencode

from tests.web.walls.admin_walk import addresses
from tests.web.walls.conftest import Campaign, logged_in
from tests.web.walls.test_walls import walk_with
from undersign.web.models import CampaignImage

# What names pages and pictures goes on its own: the gate refuses things that nobody has.
NAMES = ["id", "childOf", "page_type", "target_pages[]", "child_of", "instance", "parent_page_id"]
FREE = """
    _w_filter_fragment accent after allow_external_link before can_choose_root closeness collection_id
    content_type describe_on_delete edited_by export fields filter_method for_explorer format h has_children
    height in_preview_panel latest_revision_created_at_from latest_revision_created_at_to layout limit
    link_text link_url locale match_subclass mode multiple next offset order ordering owner p page position q
    search search_all search_query select_format site tag term type user user_perms width
"""
ODD = ["", "bees", "-1", "9" * 30, "99999", "1\x00", "\ud800", "<b>%s{0}'\"", "1,2,x", "2026-13-45"]


def queries() -> Iterator[str]:
    """Give every parameter each kind of oddness in turn, some of them twice."""
    names = FREE.split()
    for first in range(0, len(ODD), 5):
        odd = cycle(ODD[first:] + ODD[:first])
        yield written([(name, next(odd)) for name in names])
    yield written([(name, value) for name in names for value in ("1", "\x00")])
    yield written([("q", "bees"), ("tag", "bees"), ("p", "99999")])
    for odd_name in ("bees", "1\x00"):
        yield written([(name, odd_name) for name in NAMES])


def written(pairs: list[tuple[str, str]]) -> str:
    return urlencode(pairs, errors="surrogatepass")


def test_no_address_breaks_under_odd_parameters(bobs: Campaign) -> None:
    walk = walk_with(bobs, logged_in(bobs.organiser))
    open_to_bob: dict[str, str] = {}
    for one in addresses(walk.values):
        if (
            one.name not in {*open_to_bob, "wagtailadmin_logout"}
            and walk.client.get(one.path).status_code == 200
        ):
            open_to_bob[one.name] = one.path
    assert len(open_to_bob) > 40
    broken = [
        f"{path}?{query}"
        for path in open_to_bob.values()
        for query in queries()
        if walk.client.get(f"{path}?{query}").status_code >= 500
    ]
    assert broken == []


def test_pictures_of_a_tag_are_searched(bobs: Campaign) -> None:
    image = CampaignImage.objects.get(pk=bobs.image.pk)
    image.tags.add("salmon")
    chooser = "/admin/images/chooser/results/"
    bob = logged_in(bobs.organiser)
    assert image.title in bob.get(chooser, {"tag": "salmon", "q": "kestrelwood"}).text
    assert image.title not in bob.get(chooser, {"tag": "eel", "q": "kestrelwood"}).text


def test_a_form_that_lacks_what_wagtail_relies_on_is_refused(bobs: Campaign) -> None:
    answer = logged_in(bobs.organiser).post("/admin/choose-external-link/", {})
    assert answer.status_code == 400
