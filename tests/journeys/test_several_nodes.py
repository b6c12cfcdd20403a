"""Two web nodes that share a database and nothing else."""

from collections.abc import Iterator

import pytest

from tests.journeys.conftest import Visitor, link_in
from tests.messaging.servers import Server
from tests.site import Site
from tests.waiting import until
from undersign.web.models import PetitionPage


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
