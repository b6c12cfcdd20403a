"""Two web nodes that share a database and nothing else."""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.journeys.conftest import Visitor, image_make, link_in, petition_publish
from tests.messaging.servers import Server
from tests.nginx import nginx_before
from tests.site import Site
from tests.waiting import until
from undersign.web.models import OrganisationPage, PetitionPage


@pytest.fixture(scope="module")
def other_node(journey: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir = tmp_path_factory.mktemp("node")
    for shared in ("static", "media"):
        (data_dir / shared).symlink_to(journey.data_dir / shared)
    settings = {"UNDERSIGN_DATA_DIR": str(data_dir), "UNDERSIGN_BASE_URL": journey.url}
    with Site(data_dir, {**journey.environment, **settings}) as node:
        yield node


def test_signed_at_one_node_confirmed_at_another_and_counted_at_both(
    journey: Site, other_node: Site, visitor: Visitor, mail_server: Server
) -> None:
    until(lambda: other_node.get(visitor.path).status == 200)
    until(lambda: other_node.post(visitor.path, {}).status in {409, 422})  # it takes forms and links, too
    inbox = visitor.sign().headers["location"]
    assert other_node.get(inbox).status == 200
    link = link_in(mail_server, visitor.email).removeprefix(journey.url)
    assert other_node.post(link, {}).status == 303
    for node in (journey, other_node):
        until(lambda node=node: "Alice Ames" in node.get(visitor.path).text)
        assert '"count": 1' in node.get(f"{visitor.path}count.json").text


def test_a_change_and_a_withdrawal_of_a_page_reach_every_node(
    journey: Site, other_node: Site, visitor: Visitor, weir: PetitionPage
) -> None:
    weir.title = "Open both weirs"
    weir.save_revision().publish()
    for node in (journey, other_node):
        until(lambda node=node: "Open both weirs" in node.get(visitor.path).text)
    weir.unpublish()
    for node in (journey, other_node):
        until(lambda node=node: node.get(visitor.path).status == 404)
        assert node.post(visitor.path, {}).status == 404


def test_forms_behind_nginx_go_to_the_other_node_while_one_is_away(
    journey: Site, other_node: Site, visitor: Visitor, tmp_path: Path
) -> None:
    def sign(n: int) -> int:
        return Visitor(proxied, visitor.path, f"{n}.{visitor.email}").sign().status

    until(lambda: other_node.post(visitor.path, {}).status in {409, 422})  # it takes forms, too
    with nginx_before([journey, other_node], tmp_path) as proxied, ThreadPoolExecutor(4) as people:
        statuses = people.map(sign, range(60))
        other_node.stop()
        try:
            # Who sends on a connection that the node is about to close is told to come again.
            assert Counter(statuses)[303] >= 56
            assert {sign(60 + n) for n in range(20)} == {303}
        finally:
            other_node.start()


def test_a_picture_uploaded_at_one_node_is_served_by_the_other(journey: Site, other_node: Site) -> None:
    parent = OrganisationPage.objects.get(language="en")
    page = petition_publish(parent, slug="seen-twice", photo=image_make("weir", width=1600, height=1000))
    path = f"/p/{page.slug}/"
    for node in (journey, other_node):
        until(lambda node=node: node.get(path).status == 200)
    pictures = re.findall(r'src="(/media/[^"]+)"', other_node.get(path).text)
    assert pictures
    for picture in pictures:
        there, here = other_node.get(picture), journey.get(picture)
        assert (there.status, here.status) == (200, 200)
        assert there.body == here.body
